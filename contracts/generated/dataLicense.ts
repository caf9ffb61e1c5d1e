// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const dataLicenseAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'token_', type: 'address' },
      { name: 'treasury_', type: 'address' },
      { name: 'feeBasisPoints_', type: 'uint16' },
      { name: 'karma_', type: 'address' },
      { name: 'escrow_', type: 'address' },
      { name: 'attestationService_', type: 'address' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'answerFlag',
    inputs: [
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
      { name: 'licensee', type: 'address' },
      { name: 'answerHash', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'attestationService',
    inputs: [],
    outputs: [{ name: '', type: 'address' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'authorizationNonce',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'buyer', type: 'address' },
      {
        name: 'purchase',
        type: 'tuple',
        components: [
          { name: 'position', type: 'uint256' },
          { name: 'until', type: 'uint256' },
          { name: 'publicKey', type: 'bytes32' },
          { name: 'attestation', type: 'bytes32' }
        ]
      }
    ],
    outputs: [{ name: '', type: 'bytes32' }],
    stateMutability: 'pure'
  },
  {
    type: 'function',
    name: 'buy',
    inputs: [
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
        name: 'purchase',
        type: 'tuple',
        components: [
          { name: 'position', type: 'uint256' },
          { name: 'until', type: 'uint256' },
          { name: 'publicKey', type: 'bytes32' },
          { name: 'attestation', type: 'bytes32' }
        ]
      }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'buyFor',
    inputs: [
      { name: 'licensee', type: 'address' },
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
        name: 'purchase',
        type: 'tuple',
        components: [
          { name: 'position', type: 'uint256' },
          { name: 'until', type: 'uint256' },
          { name: 'publicKey', type: 'bytes32' },
          { name: 'attestation', type: 'bytes32' }
        ]
      }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'buyWithAuthorization',
    inputs: [
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
        name: 'purchase',
        type: 'tuple',
        components: [
          { name: 'position', type: 'uint256' },
          { name: 'until', type: 'uint256' },
          { name: 'publicKey', type: 'bytes32' },
          { name: 'attestation', type: 'bytes32' }
        ]
      },
      {
        name: 'authorization',
        type: 'tuple',
        components: [
          { name: 'buyer', type: 'address' },
          { name: 'value', type: 'uint256' },
          { name: 'validAfter', type: 'uint256' },
          { name: 'validBefore', type: 'uint256' },
          { name: 'signature', type: 'bytes' }
        ]
      }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'buyWithPermit',
    inputs: [
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
        name: 'purchase',
        type: 'tuple',
        components: [
          { name: 'position', type: 'uint256' },
          { name: 'until', type: 'uint256' },
          { name: 'publicKey', type: 'bytes32' },
          { name: 'attestation', type: 'bytes32' }
        ]
      },
      {
        name: 'permit',
        type: 'tuple',
        components: [
          { name: 'value', type: 'uint256' },
          { name: 'deadline', type: 'uint256' },
          { name: 'signature', type: 'bytes' }
        ]
      }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'canRead',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'account', type: 'address' }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'cancel',
    inputs: [
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
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'describe',
    inputs: [
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
      { name: 'position', type: 'uint256' },
      { name: 'documentHash', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'escrow', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'feeBasisPoints',
    inputs: [],
    outputs: [{ name: '', type: 'uint16' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'flag',
    inputs: [
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
      { name: 'reasonHash', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'karma', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'licenseOf',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'account', type: 'address' }
    ],
    outputs: [
      { name: 'from', type: 'uint256' },
      { name: 'until', type: 'uint256' },
      { name: 'flagged', type: 'bool' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'list',
    inputs: [
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
      { name: 'documentHash', type: 'bytes32' }
    ],
    outputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'position', type: 'uint256' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'multicall',
    inputs: [{ name: 'data', type: 'bytes[]' }],
    outputs: [{ name: 'results', type: 'bytes[]' }],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'offerAt',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'position', type: 'uint256' }
    ],
    outputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'listed', type: 'bool' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'offerIdOf',
    inputs: [
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
    outputs: [{ name: '', type: 'bytes32' }],
    stateMutability: 'pure'
  },
  {
    type: 'function',
    name: 'refundOf',
    inputs: [
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
      { name: 'licensee', type: 'address' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'replaceKey',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'publicKey', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'retire',
    inputs: [
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
      { name: 'position', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'revoke',
    inputs: [
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
      { name: 'licensee', type: 'address' },
      { name: 'reasonHash', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'settle',
    inputs: [
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
      { name: 'licensee', type: 'address' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  { type: 'function', name: 'treasury', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'withdraw',
    inputs: [
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
      { name: 'ends', type: 'uint256[]' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'withdrawable',
    inputs: [
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
      { name: 'ends', type: 'uint256[]' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'event',
    name: 'AttestationPresented',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'attestation', type: 'bytes32', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'FlagAnswered',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'answerHash', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'KeyReplaced',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'publicKey', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'LicenseCancelled',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'refund', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'LicenseFlagged',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'points', type: 'uint256', indexed: false },
      { name: 'reasonHash', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'LicensePurchased',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'payer', type: 'address', indexed: false },
      { name: 'from', type: 'uint256', indexed: false },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'paid', type: 'uint256', indexed: false },
      { name: 'publicKey', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'LicenseRevoked',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'refund', type: 'uint256', indexed: false },
      { name: 'reasonHash', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'LicenseSettled',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'amount', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'OfferDescribed',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'documentHash', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'OfferListed',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'seller', type: 'address', indexed: true },
      {
        name: 'offer',
        type: 'tuple',
        indexed: false,
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
      { name: 'position', type: 'uint256', indexed: false },
      { name: 'documentHash', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'OfferRetired',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'Withdrawn',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'beneficiary', type: 'address', indexed: true },
      { name: 'amount', type: 'uint256', indexed: false },
      { name: 'fee', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'AddressEmptyCode', inputs: [{ name: 'target', type: 'address' }] },
  {
    type: 'error',
    name: 'AttestationInvalid',
    inputs: [
      { name: 'attestation', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  { type: 'error', name: 'AttestationServiceMissing', inputs: [] },
  { type: 'error', name: 'AttesterCountInvalid', inputs: [{ name: 'count', type: 'uint256' }] },
  {
    type: 'error',
    name: 'AttestersNotAscending',
    inputs: [
      { name: 'previous', type: 'address' },
      { name: 'next', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'AuthorizationTooSmall',
    inputs: [
      { name: 'value', type: 'uint256' },
      { name: 'price', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'BeneficiaryInvalid', inputs: [{ name: 'beneficiary', type: 'address' }] },
  { type: 'error', name: 'BeneficiaryZero', inputs: [] },
  { type: 'error', name: 'BoundaryInvalid', inputs: [{ name: 'boundary', type: 'uint256' }] },
  { type: 'error', name: 'ConfigurationInvalid', inputs: [] },
  {
    type: 'error',
    name: 'DeliveryTermsInvalid',
    inputs: [
      { name: 'oracle', type: 'address' },
      { name: 'events', type: 'uint256' },
      { name: 'deliveryPeriod', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'EndNotOnBoundary',
    inputs: [
      { name: 'until', type: 'uint256' },
      { name: 'boundary', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'FailedCall', inputs: [] },
  {
    type: 'error',
    name: 'FeeInvalid',
    inputs: [
      { name: 'feeBasisPoints', type: 'uint256' },
      { name: 'required', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'LicenseAlreadyFlagged',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'LicenseNotFlagged',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'LicenseNotRunning',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'LicenseUnknown',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  { type: 'error', name: 'LicenseeZero', inputs: [] },
  { type: 'error', name: 'NotRefundable', inputs: [{ name: 'settlement', type: 'uint8' }] },
  {
    type: 'error',
    name: 'NotSeller',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'seller', type: 'address' }
    ]
  },
  { type: 'error', name: 'NotSettledBySecond', inputs: [{ name: 'settlement', type: 'uint8' }] },
  { type: 'error', name: 'OfferAlreadyListed', inputs: [{ name: 'offerId', type: 'bytes32' }] },
  {
    type: 'error',
    name: 'OfferNotListed',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'position', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'PeriodTooLong',
    inputs: [
      { name: 'until', type: 'uint256' },
      { name: 'latest', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'PeriodTooShort',
    inputs: [
      { name: 'added', type: 'uint256' },
      { name: 'minimum', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'PeriodsInvalid',
    inputs: [
      { name: 'minimumPeriod', type: 'uint256' },
      { name: 'maximumPeriod', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'PriceZero', inputs: [] },
  { type: 'error', name: 'PublicKeyZero', inputs: [] },
  { type: 'error', name: 'SafeERC20FailedOperation', inputs: [{ name: 'token', type: 'address' }] },
  { type: 'error', name: 'StreamCountInvalid', inputs: [{ name: 'count', type: 'uint256' }] },
  {
    type: 'error',
    name: 'StreamNotGrantable',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'seller', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'StreamsNotAscending',
    inputs: [
      { name: 'previous', type: 'address' },
      { name: 'next', type: 'address' }
    ]
  }
] as const;
