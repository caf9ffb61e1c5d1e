/** Under which programs import the sdk: "tributary-sdk/actions/buy-license". */
export const packageName = 'tributary-sdk';

/** Where every market serves the package, for `npm install <market>/tributary-sdk.tgz`. */
export const packagePath = `/${packageName}.tgz`;

/** A program of this project as one outside of it: it imports the sdk by the name of its package. */
export const asOutside = (program: string): string => program.replaceAll("'#sdk/", `'${packageName}/`);
