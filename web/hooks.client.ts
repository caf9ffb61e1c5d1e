import { baseLocale, overwriteGetLocale } from './lib/generated/messages/runtime.js';
import { isLanguage } from './lib/language/languages.ts';

// Else zod tries once whether it may compile schemas, which the content security policy forbids and reports. Set here,
// not by zod itself: that would bring it into the first load of every page.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

// The server wrote it into the page, and a page keeps it until another is loaded from the server.
const { lang } = document.documentElement;
const language = isLanguage(lang) ? lang : baseLocale;

overwriteGetLocale(() => language);
