// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const deliveryEscrowAbi = [
  {
    type: 'constructor',
    inputs: [
      { name: 'license_', type: 'address' },
      { name: 'token_', type: 'address' },
      { name: 'treasury_', type: 'address' },
      { name: 'karma_', type: 'address' }
    ],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'DEPOSITS_LIMIT',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'REPORTING_TIME',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'close',
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
      { name: 'since', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'cohortOf',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'since', type: 'uint256' },
      { name: 'until', type: 'uint256' }
    ],
    outputs: [
      { name: 'licenses', type: 'uint256' },
      { name: 'released', type: 'uint256' },
      { name: 'final_', type: 'bool' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'deposit',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' },
      { name: 'since', type: 'uint256' },
      { name: 'until', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'depositOf',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' },
      { name: 'since', type: 'uint256' }
    ],
    outputs: [
      { name: 'until', type: 'uint256' },
      { name: 'previous', type: 'uint256' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'earnedOf',
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
      { name: 'from', type: 'uint256' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'end',
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
      { name: 'until', type: 'uint256' }
    ],
    outputs: [{ name: 'refund', type: 'uint256' }],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'karma', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'latestDepositOf',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ],
    outputs: [{ name: 'since', type: 'uint256' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'license', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'multicall',
    inputs: [{ name: 'data', type: 'bytes[]' }],
    outputs: [{ name: 'results', type: 'bytes[]' }],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'refundAt',
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
      { name: 'until', type: 'uint256' }
    ],
    outputs: [{ name: 'refund', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'release',
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
      { name: 'since', type: 'uint256' },
      { name: 'until', type: 'uint256' },
      { name: 'time', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  { type: 'function', name: 'treasury', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'event',
    name: 'DeliveryReleased',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'since', type: 'uint256', indexed: true },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'time', type: 'uint256', indexed: false },
      { name: 'amount', type: 'uint256', indexed: false },
      { name: 'fee', type: 'uint256', indexed: false },
      { name: 'final_', type: 'bool', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'DepositClosed',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'since', type: 'uint256', indexed: false },
      { name: 'spent', type: 'uint256', indexed: false },
      { name: 'refund', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'DepositReleased',
    inputs: [
      { name: 'offerId', type: 'bytes32', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'licensee', type: 'address', indexed: true },
      { name: 'since', type: 'uint256', indexed: false },
      { name: 'until', type: 'uint256', indexed: false },
      { name: 'amount', type: 'uint256', indexed: false },
      { name: 'fee', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'AddressEmptyCode', inputs: [{ name: 'target', type: 'address' }] },
  {
    type: 'error',
    name: 'CohortUnknown',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'since', type: 'uint256' },
      { name: 'until', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'ConfigurationInvalid', inputs: [] },
  {
    type: 'error',
    name: 'CountNotReported',
    inputs: [
      { name: 'stream', type: 'address' },
      { name: 'time', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'DeliveryOpen', inputs: [{ name: 'deadline', type: 'uint256' }] },
  {
    type: 'error',
    name: 'DepositNotLater',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' },
      { name: 'since', type: 'uint256' },
      { name: 'latest', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'DepositUnknown',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' },
      { name: 'since', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'DepositsTooMany',
    inputs: [
      { name: 'offerId', type: 'bytes32' },
      { name: 'licensee', type: 'address' }
    ]
  },
  { type: 'error', name: 'FailedCall', inputs: [] },
  {
    type: 'error',
    name: 'JudgementTimeInvalid',
    inputs: [
      { name: 'time', type: 'uint256' },
      { name: 'since', type: 'uint256' },
      { name: 'last', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'NotLicenseContract', inputs: [{ name: 'account', type: 'address' }] },
  { type: 'error', name: 'ReportingOver', inputs: [{ name: 'deadline', type: 'uint256' }] },
  { type: 'error', name: 'SafeERC20FailedOperation', inputs: [{ name: 'token', type: 'address' }] },
  {
    type: 'error',
    name: 'TimePast',
    inputs: [
      { name: 'time', type: 'uint256' },
      { name: 'now_', type: 'uint256' }
    ]
  }
] as const;
