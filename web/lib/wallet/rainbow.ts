import {
  connectorsForWallets,
  cssStringFromTheme,
  lightTheme,
  darkTheme,
  RainbowKitProvider,
  useConnectModal
} from '@rainbow-me/rainbowkit';
import { injectedWallet } from '@rainbow-me/rainbowkit/wallets';
import '@rainbow-me/rainbowkit/styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { http } from 'viem';
import { createConfig, createStorage, noopStorage, useAccount, WagmiProvider } from 'wagmi';
import { loadMarket } from './market.ts';
import type { AnnouncedProvider, Provider } from './provider.ts';

/** Opens RainbowKit's dialog once, and reports the connection, or null when the dialog was closed. */
function Dialog({ done }: { done: (chosen: AnnouncedProvider | null) => void }) {
  const { openConnectModal, connectModalOpen } = useConnectModal();
  const { connector, isConnected } = useAccount();
  const opened = useRef(false);
  const wasOpen = useRef(false);

  useEffect(() => {
    if (opened.current || !openConnectModal) return;
    opened.current = true;
    openConnectModal();
  }, [openConnectModal]);

  useEffect(() => {
    if (isConnected && connector) {
      connector.getProvider().then(
        (provider) => {
          done({ provider: provider as Provider, id: connector.id, name: connector.name });
        },
        () => {
          done(null);
        }
      );
      return;
    }
    if (wasOpen.current && !connectModalOpen) done(null);
    wasOpen.current = connectModalOpen;
  }, [isConnected, connector, connectModalOpen, done]);

  return null;
}

/**
 * Lets the visitor choose among the wallets of this browser, in RainbowKit's dialog. Everything of React is gone again
 * afterwards: later only the wallet's own provider is used.
 *
 * @returns The approved wallet, or null when the visitor closed the dialog.
 */
export async function chooseBrowserWallet(): Promise<AnnouncedProvider | null> {
  const market = await loadMarket();
  const { chain } = market;
  const connectors = connectorsForWallets([{ groupName: 'In this browser', wallets: [injectedWallet] }], {
    appName: 'Tributary',
    // WalletConnect is not offered, so no project is named; nothing is called outside.
    projectId: 'none'
  });
  const config = createConfig({
    chains: [chain],
    connectors,
    transports: { [chain.id]: http(market.rpcUrl) },
    storage: createStorage({ storage: noopStorage })
  });
  const chosen = document.documentElement.dataset['theme'];
  const dark = chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  const theme = dark
    ? darkTheme({ accentColor: '#5fd3d6', accentColorForeground: '#04191d' })
    : lightTheme({ accentColor: '#00606b' });
  // A style element, as the dialog would make one of its theme, is refused by the content security policy.
  const colours = new CSSStyleSheet();
  colours.replaceSync(`[data-rk]{${cssStringFromTheme(theme)}}`);
  // What holds the page still behind the dialog makes such an element too, and signs it with this.
  Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLElement>('script[nonce]')?.nonce });
  document.adoptedStyleSheets.push(colours);
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  try {
    return await new Promise((resolve) => {
      root.render(
        createElement(
          WagmiProvider,
          { config, reconnectOnMount: false },
          createElement(
            QueryClientProvider,
            { client: new QueryClient() },
            createElement(RainbowKitProvider, {
              theme: null,
              modalSize: 'compact',
              children: createElement(Dialog, { done: resolve })
            })
          )
        )
      );
    });
  } finally {
    root.unmount();
    place.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== colours);
  }
}
