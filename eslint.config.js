import tseslint from 'typescript-eslint';

export default tseslint.config(
  // The programs of a user are compiled as such, against the installed package (npm run test:package).
  { ignores: ['dist', 'site', 'coverage', 'node_modules', 'scripts/package/consumer/*.ts'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Typed arrays are indexed in loops over several arrays at once; `for of` would hide the common index.
      '@typescript-eslint/prefer-for-of': 'off',
      // Taking a property out of an object by naming it beside the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['**/*.{js,cjs,mjs}'], ...tseslint.configs.disableTypeChecked },
);
