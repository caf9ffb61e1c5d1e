// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterfactualPurchaseFactory} from "./ICounterfactualPurchaseFactory.sol";
import {IOffers} from "./IOffers.sol";

/// @title ICounterfactualPurchase
/// @notice What lies at an address that was paid for one purchase. Only its factory speaks to it.
interface ICounterfactualPurchase {
    /// @notice The caller is not the factory.
    error NotFactory(address account);
    /// @notice The licence contract failed without a reason: it ran out of gas. Settle again with more.
    error GasTooLow();

    /// @notice Buys what the address was paid for, and sends the rest, or everything, to whom the terms name.
    /// @param terms Those that the address commits to; the factory has checked that.
    /// @param offer The offer whose id the terms name; the factory has checked that.
    /// @return paid DATAcoin wei that the licence cost, fee included.
    /// @return refunded DATAcoin wei that flowed back.
    /// @return refusal Empty when the licence was bought; otherwise the error that says why not.
    function settle(ICounterfactualPurchaseFactory.Terms calldata terms, IOffers.Offer calldata offer)
        external
        returns (uint256 paid, uint256 refunded, bytes memory refusal);

    /// @notice The only account that may call it.
    function factory() external view returns (address);

    /// @notice Sells the licences (IDataLicense).
    function license() external view returns (address);

    /// @notice The token that licences are paid in.
    function token() external view returns (address);
}
