// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Offers} from "./Offers.sol";
import {ILicenses} from "./interfaces/ILicenses.sol";
import {IStream} from "./interfaces/IStream.sol";
import {LicenseSlot} from "./libraries/LicenseSlot.sol";

/// @title Licenses
/// @notice Who may read until when: one slot for each offer and licensee, and nothing per stream.
///
/// A licence is over by time alone. canRead goes through a stream's list and looks at the account's licence for each
/// offer, which is meant for eth_call: its cost grows with the offers that were ever listed for the stream.
///
/// Keys are in events only. Whoever pays names the key of a purchase, also for somebody else (buyFor); issuers must
/// therefore seal to a purchase's key no more than the range which that purchase added. The licensee itself, and nobody
/// else, replaces the key of what it holds.
abstract contract Licenses is Offers {
    using LicenseSlot for uint256;

    mapping(bytes32 offerId => mapping(address licensee => uint256 license)) internal _licenses;

    /// @inheritdoc ILicenses
    function replaceKey(bytes32 offerId, bytes32 publicKey) external override {
        if (publicKey == bytes32(0)) revert PublicKeyZero();
        _checkRunning(offerId, msg.sender);

        emit KeyReplaced(offerId, msg.sender, publicKey);
    }

    /// @inheritdoc ILicenses
    function licenseOf(bytes32 offerId, address account)
        external
        view
        override
        returns (uint256 from, uint256 until, bool flagged)
    {
        uint256 license = _licenses[offerId][account];
        return (license.from(), license.until(), license.isFlagged());
    }

    /// @inheritdoc ILicenses
    function canRead(address stream, address account) external view override returns (bool) {
        (, bool holds) = _askPermission(stream, account, IStream.Permission.Read);
        if (holds) return true;

        for (uint256 position;; ++position) {
            bytes32 offerId = _offerIdAt(stream, position);
            if (offerId == bytes32(0)) return false;
            if (block.timestamp < _licenses[offerId][account].until()) return true;
        }
        return false;
    }

    /// @dev The licence, which has not ended.
    function _checkRunning(bytes32 offerId, address licensee) internal view returns (uint256 license) {
        license = _licenses[offerId][licensee];
        if (block.timestamp >= license.until()) revert LicenseNotRunning(offerId, licensee);
    }

    /// @dev The licence, which may have ended.
    function _checkKnown(bytes32 offerId, address licensee) internal view returns (uint256 license) {
        license = _licenses[offerId][licensee];
        if (license == 0) revert LicenseUnknown(offerId, licensee);
    }
}
