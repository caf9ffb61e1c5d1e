// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const counterfactualPurchaseFactoryAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'license_', type: 'address' },
      { name: 'token_', type: 'address' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'addressOf',
    inputs: [
      {
        name: 'terms',
        type: 'tuple',
        components: [
          { name: 'offerId', type: 'bytes32' },
          { name: 'licensee', type: 'address' },
          {
            name: 'purchase',
            type: 'tuple',
            components: [
              { name: 'position', type: 'uint256' },
              { name: 'until', type: 'uint256' },
              { name: 'publicKey', type: 'bytes32' },
              { name: 'attestation', type: 'bytes32' }
            ]
          },
          { name: 'amount', type: 'uint256' },
          { name: 'refundTo', type: 'address' }
        ]
      }
    ],
    outputs: [{ name: 'account', type: 'address' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'implementation',
    inputs: [],
    outputs: [{ name: '', type: 'address' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'license', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'settle',
    inputs: [
      {
        name: 'terms',
        type: 'tuple',
        components: [
          { name: 'offerId', type: 'bytes32' },
          { name: 'licensee', type: 'address' },
          {
            name: 'purchase',
            type: 'tuple',
            components: [
              { name: 'position', type: 'uint256' },
              { name: 'until', type: 'uint256' },
              { name: 'publicKey', type: 'bytes32' },
              { name: 'attestation', type: 'bytes32' }
            ]
          },
          { name: 'amount', type: 'uint256' },
          { name: 'refundTo', type: 'address' }
        ]
      },
      {
        name: 'offer',
        type: 'tuple',
        components: [
          { name: 'seller', type: 'address' },
          { name: 'productNumber', type: 'uint96' },
          { name: 'beneficiary', type: 'address' },
          { name: 'pricePerSecond', type: 'uint96' },
          { name: 'minimumPeriod', type: 'uint40' },
          { name: 'maximumPeriod', type: 'uint40' },
          { name: 'boundary', type: 'uint40' },
          { name: 'feeBasisPoints', type: 'uint16' },
          { name: 'settlement', type: 'uint8' },
          { name: 'oracle', type: 'address' },
          { name: 'events', type: 'uint64' },
          { name: 'deliveryPeriod', type: 'uint40' },
          { name: 'attestationSchema', type: 'bytes32' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'attesters', type: 'address[]' },
          { name: 'streams', type: 'address[]' }
        ]
      }
    ],
    outputs: [
      { name: 'bought', type: 'bool' },
      { name: 'paid', type: 'uint256' },
      { name: 'refunded', type: 'uint256' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'settleWithAuthorization',
    inputs: [
      {
        name: 'terms',
        type: 'tuple',
        components: [
          { name: 'offerId', type: 'bytes32' },
          { name: 'licensee', type: 'address' },
          {
            name: 'purchase',
            type: 'tuple',
            components: [
              { name: 'position', type: 'uint256' },
              { name: 'until', type: 'uint256' },
              { name: 'publicKey', type: 'bytes32' },
              { name: 'attestation', type: 'bytes32' }
            ]
          },
          { name: 'amount', type: 'uint256' },
          { name: 'refundTo', type: 'address' }
        ]
      },
      {
        name: 'offer',
        type: 'tuple',
        components: [
          { name: 'seller', type: 'address' },
          { name: 'productNumber', type: 'uint96' },
          { name: 'beneficiary', type: 'address' },
          { name: 'pricePerSecond', type: 'uint96' },
          { name: 'minimumPeriod', type: 'uint40' },
          { name: 'maximumPeriod', type: 'uint40' },
          { name: 'boundary', type: 'uint40' },
          { name: 'feeBasisPoints', type: 'uint16' },
          { name: 'settlement', type: 'uint8' },
          { name: 'oracle', type: 'address' },
          { name: 'events', type: 'uint64' },
          { name: 'deliveryPeriod', type: 'uint40' },
          { name: 'attestationSchema', type: 'bytes32' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'attesters', type: 'address[]' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      {
        name: 'authorization',
        type: 'tuple',
        components: [
          { name: 'from', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'validAfter', type: 'uint256' },
          { name: 'validBefore', type: 'uint256' },
          { name: 'nonce', type: 'bytes32' },
          { name: 'signature', type: 'bytes' }
        ]
      }
    ],
    outputs: [
      { name: 'bought', type: 'bool' },
      { name: 'paid', type: 'uint256' },
      { name: 'refunded', type: 'uint256' }
    ],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'event',
    name: 'PurchaseRefunded',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'refunded', type: 'uint256', indexed: false },
      { name: 'refusal', type: 'bytes', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'PurchaseSettled',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'paid', type: 'uint256', indexed: false },
      { name: 'refunded', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'FailedDeployment', inputs: [] },
  {
    type: 'error',
    name: 'InsufficientBalance',
    inputs: [
      { name: 'balance', type: 'uint256' },
      { name: 'needed', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'OfferNotInTerms',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'expected', type: 'bytes32' }
    ]
  },
  {
    type: 'error',
    name: 'PaymentMissing',
    inputs: [
      { name: 'held', type: 'uint256' },
      { name: 'required', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'PurchaseOver', inputs: [{ name: 'until', type: 'uint256' }] },
  { type: 'error', name: 'PurchaseRefused', inputs: [{ name: 'refusal', type: 'bytes' }] },
  { type: 'error', name: 'RefundReceiverZero', inputs: [] }
] as const;
