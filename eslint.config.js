import eslint from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const root = dirname(fileURLToPath(import.meta.url));

export default typescript.config(
  {
    ignores: [
      'node_modules/',
      'build/',
      'dist/',
      '.svelte-kit/',
      '.tributary/',
      'contracts/',
      'subgraph/',
      'sdk/platform.d.ts',
      '**/generated/',
      '*.config.js',
      '*.config.ts',
      '.dependency-cruiser.cjs'
    ]
  },
  eslint.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        // one program for all rooms: each room's own tsconfig is what the type checker judges by
        project: 'tsconfig.eslint.json',
        tsconfigRootDir: root,
        extraFileExtensions: ['.svelte']
      }
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // parts are made by functions that close over their state: their methods do not use `this`
      '@typescript-eslint/unbound-method': 'off',
      // a drizzle transaction stands in for its database
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'Throw a class of its own that extends TributaryError and says what to do.'
        }
      ],
      'no-empty': ['error', { allowEmptyCatch: false }]
    }
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: typescript.parser, svelteConfig, project: false, program: null, projectService: false }
    },
    rules: {
      // the type checker of Svelte files is svelte-check
      ...typescript.configs.disableTypeChecked.rules,
      'no-undef': 'off',
      'svelte/no-navigation-without-resolve': 'off'
    }
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    ...typescript.configs.disableTypeChecked
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off'
    }
  }
);
