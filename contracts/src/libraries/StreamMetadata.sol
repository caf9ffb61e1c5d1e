// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStream} from "../interfaces/IStream.sol";

/// @title StreamMetadata
/// @notice How long a stream's name and description may be: the same at creation and at every later change. Lengths
/// count bytes; that they are UTF-8 is for readers to check, since a contract gains nothing from it.
library StreamMetadata {
    /// @notice Longest name in bytes.
    uint256 internal constant NAME_LIMIT = 128;
    /// @notice Longest description in bytes.
    uint256 internal constant DESCRIPTION_LIMIT = 1024;

    /// @notice Reverts with NameLengthInvalid or DescriptionTooLong when one of them does not fit.
    function check(string calldata name, string calldata description) internal pure {
        uint256 nameLength = bytes(name).length;
        if (nameLength == 0 || nameLength > NAME_LIMIT) revert IStream.NameLengthInvalid(nameLength, NAME_LIMIT);
        uint256 descriptionLength = bytes(description).length;
        if (descriptionLength > DESCRIPTION_LIMIT) {
            revert IStream.DescriptionTooLong(descriptionLength, DESCRIPTION_LIMIT);
        }
    }
}
