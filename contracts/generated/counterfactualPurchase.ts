// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const counterfactualPurchaseAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'license_', type: 'address' },
      { name: 'token_', type: 'address' }
    ],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'factory', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
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
      { name: 'paid', type: 'uint256' },
      { name: 'refunded', type: 'uint256' },
      { name: 'refusal', type: 'bytes' }
    ],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  { type: 'error', name: 'GasTooLow', inputs: [] },
  { type: 'error', name: 'NotFactory', inputs: [{ name: 'account', type: 'address' }] },
  {
    type: 'error',
    name: 'PaymentMissing',
    inputs: [
      { name: 'held', type: 'uint256' },
      { name: 'required', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'SafeERC20FailedOperation', inputs: [{ name: 'token', type: 'address' }] }
] as const;
