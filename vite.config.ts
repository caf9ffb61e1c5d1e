import { execFile } from 'node:child_process';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';

/** Compiles messages while they are written. The build finds them compiled: scripts/start/web-build.ts. */
function messages(): Plugin {
  return {
    name: 'tributary-messages',
    apply: 'serve',
    configureServer({ watcher, config }) {
      const compile = () =>
        execFile(process.execPath, ['--import', 'tsx', 'scripts/messages/main.ts'], (error, _output, words) => {
          if (error !== null) config.logger.error(words);
        });
      compile();
      watcher.on('change', (file) => {
        if (/web.messages.*\.json$/.test(file)) compile();
      });
    }
  };
}

export default defineConfig({
  plugins: [messages(), sveltekit()],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            codeSplitting: {
              // What every page shows of the design system travels as one: a file of its own for each component weighs
              // more than the component.
              groups: [
                {
                  name: 'ui',
                  test: /web\/lib\/ui\/(?:Badge|Button|Chip|EmptyState|Highlighted|Hydrograph|Icon|Money|Notice|ThemeToggle|Wordmark|format|hydration|hydrograph|money)\./
                }
              ]
            }
          }
        }
      }
    }
  },
  build: {
    target: 'es2022',
    modulePreload: {
      // The names of all that a page may load later weigh more than the moment which it saves to load it together; what
      // a route needs, which the client's entry names, and styles are loaded together.
      resolveDependencies: (_, dependencies, { hostId }) =>
        hostId.includes('/entry/') ? dependencies : dependencies.filter((name) => name.endsWith('.css'))
    },
    // .vite/manifest.json in the output: scripts/bench/first-load.ts counts from it.
    manifest: true,
    chunkSizeWarningLimit: 900
  }
});
