// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const wishlistAbi = [
  { type: 'constructor', inputs: [{ name: 'token_', type: 'address' }], stateMutability: 'nonpayable' },
  {
    type: 'function',
    name: 'OBJECTION_PERIOD',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'TERM_MAXIMUM',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'TERM_MINIMUM',
    inputs: [],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'answer',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'productId', type: 'bytes32' },
      { name: 'beneficiary', type: 'address' }
    ],
    outputs: [{ name: 'number', type: 'uint256' }],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'answerOf',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'number', type: 'uint256' }
    ],
    outputs: [
      { name: 'productId', type: 'bytes32' },
      { name: 'beneficiary', type: 'address' },
      { name: 'released', type: 'uint256' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'ask',
    inputs: [
      { name: 'descriptionHash', type: 'bytes32' },
      { name: 'deadline', type: 'uint256' }
    ],
    outputs: [{ name: 'wish', type: 'uint256' }],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'back',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'amount', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'follow',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'follows_', type: 'bool' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'follows',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'backer', type: 'address' }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'view'
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
    name: 'proposeRest',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'number', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'refund',
    inputs: [{ name: 'wish', type: 'uint256' }],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'release',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'number', type: 'uint256' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'releaseRest',
    inputs: [{ name: 'wish', type: 'uint256' }],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'restOf',
    inputs: [{ name: 'wish', type: 'uint256' }],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'stakeOf',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'backer', type: 'address' }
    ],
    outputs: [{ name: '', type: 'uint256' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'token', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'wishOf',
    inputs: [{ name: 'wish', type: 'uint256' }],
    outputs: [
      { name: 'asker', type: 'address' },
      { name: 'descriptionHash', type: 'bytes32' },
      { name: 'deadline', type: 'uint256' },
      { name: 'total', type: 'uint256' },
      { name: 'held', type: 'uint256' },
      { name: 'proposed', type: 'uint256' },
      { name: 'payableAt', type: 'uint256' }
    ],
    stateMutability: 'view'
  },
  {
    type: 'event',
    name: 'RestProposed',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'answer', type: 'uint256', indexed: true },
      { name: 'payableAt', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'RestReleased',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'answer', type: 'uint256', indexed: true },
      { name: 'amount', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'StakeFollows',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'backer', type: 'address', indexed: true },
      { name: 'follows', type: 'bool', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'StakeRefunded',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'backer', type: 'address', indexed: true },
      { name: 'amount', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'StakeReleased',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'answer', type: 'uint256', indexed: true },
      { name: 'backer', type: 'address', indexed: true },
      { name: 'amount', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'WishAnswered',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'answer', type: 'uint256', indexed: true },
      { name: 'productId', type: 'bytes32', indexed: true },
      { name: 'beneficiary', type: 'address', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'WishBacked',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'backer', type: 'address', indexed: true },
      { name: 'amount', type: 'uint256', indexed: false },
      { name: 'stake', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'WishMade',
    inputs: [
      { name: 'wish', type: 'uint256', indexed: true },
      { name: 'asker', type: 'address', indexed: true },
      { name: 'descriptionHash', type: 'bytes32', indexed: false },
      { name: 'deadline', type: 'uint256', indexed: false }
    ],
    anonymous: false
  },
  { type: 'error', name: 'AddressEmptyCode', inputs: [{ name: 'target', type: 'address' }] },
  { type: 'error', name: 'AmountZero', inputs: [] },
  {
    type: 'error',
    name: 'AnswerInvalid',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'productId', type: 'bytes32' }
    ]
  },
  {
    type: 'error',
    name: 'AnswerUnknown',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'answer', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'BeneficiaryInvalid', inputs: [{ name: 'beneficiary', type: 'address' }] },
  { type: 'error', name: 'DeadlineInvalid', inputs: [{ name: 'deadline', type: 'uint256' }] },
  { type: 'error', name: 'FailedCall', inputs: [] },
  {
    type: 'error',
    name: 'NoMajority',
    inputs: [
      { name: 'released', type: 'uint256' },
      { name: 'total', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'NotAsker',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'asker', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'NotSeller',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'seller', type: 'address' }
    ]
  },
  { type: 'error', name: 'NothingFollows', inputs: [{ name: 'wish', type: 'uint256' }] },
  { type: 'error', name: 'ObjectionPeriod', inputs: [{ name: 'payableAt', type: 'uint256' }] },
  {
    type: 'error',
    name: 'RestAlreadyProposed',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'answer', type: 'uint256' }
    ]
  },
  { type: 'error', name: 'RestNotProposed', inputs: [{ name: 'wish', type: 'uint256' }] },
  { type: 'error', name: 'SafeERC20FailedOperation', inputs: [{ name: 'token', type: 'address' }] },
  {
    type: 'error',
    name: 'StakeZero',
    inputs: [
      { name: 'wish', type: 'uint256' },
      { name: 'account', type: 'address' }
    ]
  },
  { type: 'error', name: 'WishOpen', inputs: [{ name: 'deadline', type: 'uint256' }] },
  { type: 'error', name: 'WishOver', inputs: [{ name: 'deadline', type: 'uint256' }] },
  { type: 'error', name: 'WishUnknown', inputs: [{ name: 'wish', type: 'uint256' }] }
] as const;
