/**
 * Queries with the products that answer them, graded by a reader who knew the products and not how they are searched: 3
 * is what was asked for, 2 answers it in part, 1 is of use to somebody who asked this. What is not named is of none.
 */
export interface JudgedQuery {
  readonly query: string;
  /** Grade by key of the product. */
  readonly grades: ReadonlyMap<string, number>;
}

const lines = `
weather seattle: 3 seattle-hourly seattle-daily
wether seatle: 3 seattle-hourly seattle-daily
weather: 3 seattle-hourly tokyo-weather zurich-weather 2 seattle-daily marine-forecast 1 north-sea-wind heatwave-cities fog-airports
rain: 3 rain-radar-alps monsoon-india 2 seattle-daily zurich-weather
precipitation radar: 3 rain-radar-alps 1 bird-migration monsoon-india
rainfal india: 3 monsoon-india
wind: 3 north-sea-wind 2 wind-farms-denmark seattle-hourly zurich-weather marine-forecast solar-wind 1 seattle-daily typhoon-pacific
lightning: 3 lightning-europe lightning-us
thunder storm europe: 3 lightning-europe 1 lightning-us
hurricane: 3 hurricane-atlantic 2 typhoon-pacific
snow alps: 3 snow-depth-swiss 1 rain-radar-alps
pollen allergy: 3 pollen-germany
sea waves forecast: 3 marine-forecast 2 buoys-atlantic
temperature tokyo: 3 tokyo-weather
flight delays: 3 flights-us 1 planes-europe airport-queues
plane positions: 3 planes-europe 1 flights-us
aircarft: 3 planes-europe
ships: 3 ships-med ships-baltic 2 rotterdam-port suez-canal 1 lng-tankers
vessel tracking ais: 3 ships-med ships-baltic 1 rotterdam-port suez-canal
real time train data: 3 trains-swiss trains-uk 2 metro-paris subway-nyc
train departures switzerland: 3 trains-swiss
railway uk: 3 trains-uk
subway new york: 3 subway-nyc
nyc: 3 subway-nyc bikes-nyc taxi-nyc
bus: 3 bus-helsinki bus-bogota 1 trains-swiss
traffic jam london: 3 traffic-london 1 traffic-la
parking: 3 parking-munich parking-curb-sf
free parking munich: 3 parking-munich 1 parking-curb-sf
bicycle: 3 bikes-copenhagen bikes-nyc
electric car charging: 3 ev-germany ev-norway
ev chargers norway: 3 ev-norway 1 ev-germany
bitcoin: 3 btc-trades btc-orderbook 2 sentiment-crypto 1 eth-trades crypto-funding
bitcon price: 3 btc-trades 2 btc-orderbook 1 sentiment-crypto
btc order book: 3 btc-orderbook 1 btc-trades
cryptocurrency: 3 btc-trades eth-trades crypto-funding stablecoins sentiment-crypto 2 btc-orderbook eth-gas defi-liquidations
ethereum gas: 3 eth-gas 1 eth-trades
stock quotes: 3 stocks-us 2 stocks-eu 1 insider-trades options-vol
equities europe: 3 stocks-eu 1 stocks-us
exchange rates: 3 fx-rates
gold price: 3 gold-silver
oil: 3 oil-price 1 fuel-germany
electricity prices: 3 power-europe 2 carbon-intensity 1 demand-uk outages-us
spot price power europe: 3 power-europe 1 grid-frequency
co2 emissions electricity: 3 carbon-intensity 1 air-schools
solar power: 3 solar-california 1 sunshine-spain solar-wind
wind turbine: 3 wind-farms-denmark 1 north-sea-wind turbine-vibration
natural gas: 3 gas-storage lng-tankers
petrol prices germany: 3 fuel-germany 1 oil-price
news headlines: 3 headlines-world news-finance
tweets: 3 microblog-posts 2 sentiment-crypto 1 trending-topics
soccer scores: 3 football-scores 1 tennis-points
wikipedia: 3 wiki-edits
air quality: 3 air-beijing 2 air-europe air-schools
pm25 beijing: 3 air-beijing
water level river: 3 river-rhine 2 flood-bangladesh 1 tides-uk hydro-norway
cafe zurich: 3 cafe-zurich
how busy is it: 2 footfall-london webcam-people cafe-zurich museum-visitors
earthqake: 3 quakes-world quakes-japan 1 volcano-iceland
seismic activity: 3 quakes-world 2 volcano-iceland quakes-japan
tide: 3 tides-uk
forest fire satellite: 3 wildfires 1 satellite-passes
agriculture soil: 3 soil-iowa 2 greenhouse beehives 1 frost-vineyards`;

/** Written after synonyms and weights were settled, which are not to be changed because of them. */
const heldOutLines = `
northern lights: 3 aurora
iceland volcano: 3 volcano-iceland
crude futures: 3 oil-price 1 wheat-prices
house prices britain: 3 house-prices
grocery prices: 3 inflation-daily 2 supermarket
virus sequences: 3 genomes
vaccine temperature: 3 cold-chain
hospital: 3 hospital-beds
flats to rent in berlin: 3 rents-berlin
scooter berlin: 3 scooters-berlin
typhoon: 3 typhoon-pacific 1 hurricane-atlantic
snowfall avalanche: 3 snow-depth-swiss
ships in the suez canal: 3 suez-canal
ferry greece: 3 ferries-greece
gold: 3 gold-silver
government bonds: 3 bond-yields
power outage: 3 outages-us 1 nuclear-france
hydro resevoir: 3 hydro-norway
noise level: 3 noise-barcelona
polution europe: 3 air-europe
football: 3 football-scores
github commits: 3 github-events
job vacancies: 3 job-adverts
internet routing bgp: 3 bgp-routes
whale: 3 whales
taxi new york: 3 taxi-nyc 1 subway-nyc bikes-nyc
waiting time queue: 3 queue-theme-park airport-queues
crowd counter: 3 webcam-people 2 footfall-london 1 museum-visitors bus-bogota
batery storage texas: 3 battery-texas
satelite orbits: 3 satellite-passes
hive weight: 3 beehives
election: 3 election-polls`;

export const judgedQueries = readQueries(lines);
export const heldOutQueries = readQueries(heldOutLines);

function readQueries(text: string): JudgedQuery[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [query = '', answers = ''] = line.split(': ');
      const grades = new Map<string, number>();
      let grade = 0;
      for (const part of answers.split(' ')) {
        if (/^[1-3]$/.test(part)) grade = Number(part);
        else grades.set(part, grade);
      }
      return { query, grades };
    });
}
