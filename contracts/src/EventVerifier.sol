// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EventSignature} from "./libraries/EventSignature.sol";

/// @title EventVerifier
/// @notice {EventSignature} for whoever cannot compile it in: contracts in another language, programs by eth_call. Holds
/// nothing and belongs to nobody.
contract EventVerifier {
    /// @notice Verifies an event; see {EventSignature-verify}, whose errors it gives.
    function verify(bytes calldata signedPart, bytes calldata signature)
        external
        view
        returns (EventSignature.Details memory details)
    {
        (details,) = EventSignature.verify(signedPart, signature);
    }
}
