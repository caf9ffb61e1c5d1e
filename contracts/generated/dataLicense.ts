// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const dataLicenseAbi = [
  { type: 'constructor', inputs: [{ name: 'token_', type: 'address' }], stateMutability: 'nonpayable' },
  {
    type: 'function',
    name: 'LATEST_END',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'LONGEST_BOUNDARY',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'SHORTEST_BOUNDARY',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'STREAMS_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      { name: 'position', type: 'uint256' },
      { name: 'until', type: 'uint256' },
      { name: 'publicKey', type: 'bytes32' }
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      { name: 'position', type: 'uint256' },
      { name: 'until', type: 'uint256' },
      { name: 'publicKey', type: 'bytes32' }
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      { name: 'position', type: 'uint256' },
      { name: 'until', type: 'uint256' },
      { name: 'publicKey', type: 'bytes32' },
      { name: 'value', type: 'uint256' },
      { name: 'deadline', type: 'uint256' },
      { name: 'v', type: 'uint8' },
      { name: 'r', type: 'bytes32' },
      { name: 's', type: 'bytes32' }
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      { name: 'position', type: 'uint256' },
      { name: 'documentHash', type: 'bytes32' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'licenseOf',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'account', type: 'address' }
    ],
    outputs: [
      { name: 'from', type: 'uint256' },
      { name: 'until', type: 'uint256' }
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      }
    ],
    outputs: [{ name: '', type: 'bytes32' }],
    stateMutability: 'pure'
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
          { name: 'streams', type: 'address[]' }
        ]
      },
      { name: 'position', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
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
          { name: 'boundary', type: 'uint40' },
          { name: 'termsHash', type: 'bytes32' },
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
  { type: 'error', name: 'BeneficiaryInvalid', inputs: [{ name: 'beneficiary', type: 'address' }] },
  { type: 'error', name: 'BeneficiaryZero', inputs: [] },
  { type: 'error', name: 'BoundaryInvalid', inputs: [{ name: 'boundary', type: 'uint256' }] },
  {
    type: 'error',
    name: 'EndNotOnBoundary',
    inputs: [
      { name: 'until', type: 'uint256' },
      { name: 'boundary', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'LicenseeZero', inputs: [] },
  {
    type: 'error',
    name: 'NotSeller',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'seller', type: 'address' }
    ]
  },
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
