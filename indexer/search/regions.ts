/** Countries (ISO 3166-1) by the region of UN M49 that they lie in. */
const countries: Readonly<Record<string, string>> = {
  '002':
    'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
  '003':
    'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI',
  '005': 'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
  '009': 'AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS',
  '010': 'AQ',
  '142':
    'AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE',
  '150':
    'AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK'
};
const continentOf = new Map(
  Object.entries(countries).flatMap(([region, list]) => list.split(' ').map((country) => [country, region] as const))
);
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Regions, and the continents that the countries among them lie in, without repetition. */
export function withContinents(regions: readonly string[]): string[] {
  return [...new Set(regions.flatMap((region) => [region, continentOf.get(region) ?? region]))];
}

/** "CH" -> "Switzerland", "150" -> "Europe"; empty where nobody knows it. */
export function regionName(region: string): string {
  return names.of(region) ?? '';
}
