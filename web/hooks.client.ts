import { baseLocale, overwriteGetLocale } from './lib/generated/messages/runtime.js';
import { isLanguage } from './lib/language/languages.ts';

// The server wrote it into the page, and a page keeps it until another is loaded from the server.
const { lang } = document.documentElement;
const language = isLanguage(lang) ? lang : baseLocale;

overwriteGetLocale(() => language);
