// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IKarma
/// @notice Reputation (whitepaper 3): as many points as DATAcoin was exchanged, to each side; they decay with one
/// half-life for all and expire below one DATA. Kept in units that inflate with time (units = points times
/// 2^(age of the contract / half-life)), so that earning is one store, and an account that does nothing never changes
/// its place among others that do nothing.
interface IKarma {
    /// @notice In which role an account earned it.
    enum Role {
        Seller,
        Buyer,
        Broker
    }

    /// @notice Emitted when points are earned.
    /// @param points DATAcoin wei exchanged. @param units The account's balance in this role afterwards, in units.
    event KarmaEarned(address indexed account, Role indexed role, uint256 points, uint256 units);

    /// @notice Emitted when points are taken.
    /// @param points What was to be taken, as of the time it was earned. @param units The balance afterwards, in units.
    event KarmaTaken(address indexed account, Role indexed role, uint256 points, uint256 units);

    /// @notice Only contracts that settle payments may do this.
    error NotSource(address account);
    /// @notice The half-life must be one hour to a hundred years.
    error HalfLifeInvalid(uint256 halfLife);
    /// @notice A source must not be the zero address.
    error SourceZero();
    /// @notice There must be 1 to 4 sources.
    error SourceCountInvalid(uint256 count);

    /// @notice Seconds in which karma halves.
    function halfLife() external view returns (uint256);

    /// @notice Unix seconds at which one unit was one point.
    function origin() external view returns (uint256);

    /// @notice Whether the contract may give and take karma; fixed at deployment.
    function isSource(address account) external view returns (bool);

    /// @notice Gives seller and buyer the points of a payment between them that is settled now. Only sources.
    function exchange(address seller, address buyer, uint256 points) external;

    /// @notice Gives one account points for what was exchanged at `time` (Unix seconds, not in the future). Only sources.
    function earn(address account, Role role, uint256 points, uint256 time) external;

    /// @notice Takes points earned at `time` from an account, never more than it has. Only sources.
    function take(address account, Role role, uint256 points, uint256 time) external;

    /// @notice Points, DATAcoin wei, of the account in this role now; zero below one DATA.
    function pointsOf(address account, Role role) external view returns (uint256);

    /// @notice The same at another time, Unix seconds, if nothing were earned or taken meanwhile.
    function pointsAt(address account, Role role, uint256 time) external view returns (uint256);

    /// @notice The balance in units, by which accounts can be ranked.
    function unitsOf(address account, Role role) external view returns (uint256);
}
