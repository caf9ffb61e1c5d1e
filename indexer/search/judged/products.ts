import type { Category } from '#sdk/protocol/product-document';

/** A product of the judged set: what its document says, and what it costs. */
export interface JudgedProduct {
  readonly key: string;
  readonly category: Category;
  readonly name: string;
  readonly summary: string;
  readonly tags: readonly string[];
  /** DATAcoin wei per second. */
  readonly price: string;
  /** Seconds. */
  readonly cadence: number;
  readonly regions: readonly string[];
}

/** key | name | summary | tags | price: free, cheap or dear | cadence | regions */
const lines: Readonly<Record<Category, string>> = {
  weather: `
seattle-hourly|Weather of Seattle, hourly|Temperature, pressure and wind of Seattle every hour|seattle,temperature,wind|cheap|3600|US
seattle-daily|Seattle day by day|Rain, temperature and wind of every day from 2012 to 2015, played back|seattle,rain,history|free|2|US
rain-radar-alps|Rain radar of the Alps|Precipitation on a one-kilometre grid every five minutes|radar,precipitation,alps|dear|300|CH,AT,IT,FR
north-sea-wind|Wind over the North Sea|Ten-minute means from platforms and buoys|wind,offshore|cheap|600|NL,GB,DE,DK
lightning-europe|Lightning strikes in Europe|Every strike within two seconds, with position and current|lightning,storm|dear|1|150
lightning-us|Lightning network of North America|Cloud-to-ground strikes as they are located|lightning,thunderstorm|dear|1|US,CA
snow-depth-swiss|Snow depth in the Swiss Alps|Automatic stations above 1,500 metres, twice an hour|snow,avalanche,alps|cheap|1800|CH
pollen-germany|Pollen count for Germany|Birch, grass and ragweed in 40 cities, every three hours|pollen,allergy|cheap|10800|DE
uv-australia|Ultraviolet index of Australia|Measured UV in the state capitals, minute by minute|uv,sun|free|60|AU
hurricane-atlantic|Hurricane tracks in the Atlantic|Positions and forecasts of tropical cyclones|hurricane,forecast|dear|10800|US,MX,CU
monsoon-india|Monsoon rainfall over India|Gauges of 600 districts, daily|rain,monsoon|cheap|86400|IN
tokyo-weather|Tokyo weather by the minute|Temperature, humidity and pressure of twelve wards|tokyo,temperature,humidity|cheap|60|JP
fog-airports|Fog and visibility at airports|Runway visual range from European airports|fog,visibility,aviation|dear|60|150
road-ice|Ice on the roads of Finland|Surface temperature and friction from road stations|road,ice,winter|cheap|600|FI
sunshine-spain|Sunshine hours of Spain|Solar radiation at 90 stations|sun,radiation|free|600|ES
frost-vineyards|Frost warnings for vineyards|Temperature near the ground in Burgundy and Champagne|frost,farming,wine|cheap|600|FR
typhoon-pacific|Typhoons of the western Pacific|Tracks, pressure and wind circles of every typhoon|typhoon,storm|dear|10800|JP,PH,TW
heatwave-cities|Heat stress in cities|Wet bulb temperature in 200 cities of the world|heat,health|cheap|3600|001
zurich-weather|Weather of Zurich|Roof station at the lake: wind, rain, air pressure|zurich,wind,rain|free|60|CH
marine-forecast|Marine forecast of the Baltic|Wind and wave forecasts for shipping, four times a day|forecast,waves,sea|dear|21600|SE,FI,DE,PL`,
  transport: `
planes-europe|Aircraft over Europe|Positions of all aircraft by ADS-B, every second|aircraft,ads-b,flight|dear|1|150
flights-us|Flight delays in the United States|Departures and arrivals of all carriers with their delays|flight,delay,airport|cheap|60|US
ships-med|Ship positions in the Mediterranean|AIS of cargo vessels and tankers|ship,ais,vessel|dear|10|IT,GR,ES,FR
ships-baltic|AIS of the Baltic Sea|Vessel positions from forty coastal receivers|vessel,ais,maritime|cheap|10|SE,FI,EE
rotterdam-port|Port of Rotterdam: arrivals|Expected and actual arrivals of vessels at the terminals|port,vessel,arrival|cheap|300|NL
trains-swiss|Departures of Swiss railway stations|Every train, tram and bus with its delay|train,departure,delay|cheap|30|CH
trains-uk|Train movements in Great Britain|Signal by signal, as the network reports them|train,railway|cheap|5|GB
metro-paris|Paris metro passing times|Next trains at every station of sixteen lines|metro,paris|cheap|20|FR
subway-nyc|New York subway, live|Train positions and arrivals of all lines|subway,new york|free|30|US
bus-helsinki|Helsinki bus positions|Where every bus and tram is, once a second|bus,tram,helsinki|free|1|FI
bus-bogota|TransMilenio occupancy|Crowding of the buses of Bogota by sensors at the doors|bus,occupancy|cheap|60|CO
traffic-london|Road traffic in London|Speed and congestion of 12,000 road segments|traffic,congestion,london|dear|60|GB
traffic-la|Freeway speeds of Los Angeles|Loop detectors of all freeways|traffic,freeway|cheap|30|US
parking-munich|Parking spaces in Munich|Free places of 60 garages|parking,garage|free|60|DE
parking-curb-sf|Curb parking of San Francisco|Sensors in the street: taken or free|parking,sensor|cheap|5|US
bikes-nyc|Shared bicycles of New York|Bikes and docks at 1,700 stations|bike,bikesharing|free|30|US
bikes-copenhagen|Bicycle counters of Copenhagen|Cyclists passing 40 counters|bike,counter|free|300|DK
ev-germany|Charging stations in Germany|Which plugs are taken, and at which price|charging,electric car|cheap|60|DE
ev-norway|Fast chargers of Norway|Occupancy of 5,000 chargers|charging,ev|cheap|60|NO
trucks-brenner|Trucks over the Brenner|Freight traffic through the pass, by axle class|truck,freight|dear|300|AT,IT
ferries-greece|Ferries between the Greek islands|Departures, delays and cancellations|ferry,delay|cheap|300|GR
taxi-nyc|Taxi trips of New York, played back|Yellow cabs of 2019, trip by trip|taxi,history|free|1|US
scooters-berlin|Scooters of Berlin|Positions of shared electric scooters|scooter,position|cheap|60|DE
suez-canal|Suez Canal transits|Convoys, waiting ships and draught|ship,canal|dear|600|EG
airport-queues|Security queues at airports|Minutes of waiting at 30 European airports|airport,queue|cheap|120|150`,
  finance: `
btc-trades|Bitcoin trades|Every trade of a large exchange, bitcoin against dollar|bitcoin,trade,crypto|cheap|1|001
btc-orderbook|Bitcoin order book|Twenty levels of depth, ten times a second|bitcoin,order book|dear|1|001
eth-gas|Ethereum gas prices|Base fee and tips block by block|ethereum,gas|free|12|001
eth-trades|Ether trades|Trades of ether on three exchanges|ethereum,trade,crypto|cheap|1|001
defi-liquidations|Liquidations in lending protocols|Loans that were liquidated, with collateral and price|defi,liquidation|dear|12|001
stocks-us|US share quotes|Best bid and offer of 8,000 shares|stock,quote|dear|1|US
stocks-eu|European equities, trades|Trades of the large exchanges of Europe|equity,trade|dear|1|150
fx-rates|Currency rates|Forty currency pairs against dollar and euro|forex,currency|cheap|1|001
gold-silver|Gold and silver spot|Spot prices of precious metals in London|gold,metal,price|cheap|10|GB
bond-yields|Government bond yields|Yields of 30 countries by maturity|bond,yield|dear|60|001
oil-price|Crude oil prices|Brent and WTI futures|oil,commodity,price|cheap|10|001
inflation-daily|Inflation day by day|Prices of half a million groceries as an index|inflation,price|dear|86400|US
filings-sec|Company filings|Filings at the SEC within seconds, parsed|filing,company|dear|30|US
insider-trades|Insider transactions|What directors bought and sold|insider,stock|cheap|3600|US
options-vol|Option volatility surface|Implied volatility of index options|option,volatility|dear|60|US
crypto-funding|Funding rates of perpetual swaps|Ten exchanges, every hour|crypto,funding|cheap|3600|001
stablecoins|Stablecoin flows|Minting and burning of large stablecoins|stablecoin,crypto|cheap|60|001
house-prices|House prices of Britain|Sales as they are registered|house,price|cheap|86400|GB
wheat-prices|Wheat and corn prices|Futures and spot at elevators of the Midwest|grain,commodity|cheap|300|US
credit-spreads|Credit spreads|Default swaps of 500 companies|credit,spread|dear|300|001`,
  energy: `
power-europe|Electricity prices of Europe|Day-ahead and intraday prices by zone|electricity,spot price|dear|900|150
grid-frequency|Grid frequency of Europe|Fifty hertz, ten times a second|grid,frequency|cheap|1|150
demand-uk|Electricity demand of Great Britain|Demand and generation by source, every five minutes|electricity,demand|free|300|GB
carbon-intensity|Carbon intensity of electricity|Grams of CO2 per kilowatt hour in 60 zones|carbon,co2,electricity|cheap|900|001
solar-california|Solar output of California|Photovoltaic plants, plant by plant|solar,photovoltaic|cheap|300|US
wind-farms-denmark|Wind farms of Denmark|Output of every turbine|wind,turbine,power|cheap|600|DK
gas-storage|Gas storage of Europe|How full caverns are, by country|gas,storage|dear|86400|150
lng-tankers|LNG tankers|Cargoes of liquefied gas at sea, with destination|gas,lng,ship|dear|600|001
battery-texas|Batteries on the Texas grid|Charge and discharge of large batteries|battery,grid|cheap|60|US
nuclear-france|Nuclear plants of France|Output and outages of every reactor|nuclear,outage|cheap|900|FR
home-meter|Smart meter of a home|Power of one household in Utrecht, every ten seconds|smart meter,home|free|10|NL
outages-us|Power outages in the United States|Customers without power by county|outage,electricity|cheap|900|US
heat-pumps|Heat pumps in the field|Efficiency of 300 heat pumps in Sweden|heat pump,home|cheap|60|SE
fuel-germany|Fuel prices in Germany|Petrol and diesel at every station|fuel,petrol,price|free|60|DE
hydro-norway|Hydro reservoirs of Norway|Level and inflow of reservoirs|hydro,water|cheap|3600|NO`,
  social: `
headlines-world|Headlines of the world|Articles of 5,000 newspapers within a minute|news,headline|dear|5|001
news-finance|News that moves markets|Headlines tagged with companies and sentiment|news,sentiment,stock|dear|1|001
wiki-edits|Edits of Wikipedia|Every edit in all languages|wikipedia,edit|free|1|001
microblog-posts|Public posts of a microblog network|All public posts of the fediverse|posts,social media|cheap|1|001
sentiment-crypto|Sentiment about crypto|Mood of posts on bitcoin and ether|sentiment,bitcoin,posts|cheap|60|001
trending-topics|Trending topics by country|What people search and post about|trend,search|cheap|300|001
football-scores|Football scores|Goals, cards and line-ups of 60 leagues|football,sport,score|cheap|5|001
tennis-points|Tennis, point by point|Every point of the large tournaments|tennis,sport|dear|5|001
github-events|Code events|Public commits, issues and stars of open source|code,github|free|1|001
podcast-charts|Podcast charts|Ranks in 40 countries, hourly|podcast,chart|cheap|3600|001
job-adverts|Job adverts|New vacancies of Germany and Austria|job,labour|cheap|60|DE,AT
petitions|Petitions|Signatures at public petitions|politics,petition|free|600|GB
election-polls|Election polls|Polls as they are published|politics,poll|cheap|3600|US,DE
hotel-reviews|Hotel reviews|New reviews with their sentiment|review,hotel,sentiment|cheap|60|001
game-players|Players of online games|How many play what, minute by minute|game,players|free|60|001`,
  sensors: `
air-beijing|Air quality of Beijing|PM2.5 and PM10 at 35 stations|air quality,pm25|cheap|3600|CN
air-europe|Air pollution in Europe|Ozone, nitrogen dioxide and particulates, hourly|air pollution,ozone|free|3600|150
air-schools|Carbon dioxide in classrooms|CO2 and temperature in 80 schools|co2,indoor air|cheap|60|DE
noise-barcelona|Noise of Barcelona|Decibel at 200 crossings|noise,sound|free|60|ES
river-rhine|Water level of the Rhine|Gauges from Basel to Emmerich|river,water level|free|900|DE,CH
flood-bangladesh|Flood gauges of Bangladesh|River levels and warnings|flood,river|cheap|3600|BD
soil-iowa|Soil moisture in Iowa|Probes in corn fields at three depths|soil,farming|cheap|600|US
footfall-london|Footfall of Oxford Street|People passing shop windows|footfall,visitors|dear|60|GB
cafe-zurich|Café occupancy in Zürich|How many seats are taken|occupancy,café|cheap|60|CH
office-rooms|Meeting rooms of an office|Occupied or free, by sensors under the table|occupancy,room|free|60|NL
beehives|Beehives|Weight, temperature and sound of hives|bees,farming|cheap|300|SI
radiation-japan|Radiation in Fukushima|Dose rate at 3,000 posts|radiation|free|600|JP
turbine-vibration|Vibration of a gas turbine|Accelerometers at ten kilohertz, as spectra|vibration,machine|dear|1|DE
cpu-server|A server's own pulse|Processor, memory and network of a machine|cpu,server,machine|free|1|CH
webcam-people|People counter from webcams|Crowds in twenty squares, without pictures|crowd,camera|cheap|60|IT
elevators|Elevator trips|Doors, floors and faults of 500 lifts|elevator,machine|cheap|5|SG
waste-bins|Waste bins|How full the bins of Lisbon are|waste,city|cheap|900|PT
greenhouse|Greenhouse climate|Temperature, humidity and light of a tomato greenhouse|greenhouse,farming|free|60|NL
cold-chain|Cold chain of vaccines|Temperature of parcels on their way|temperature,health|dear|300|IN
tank-levels|Fuel tank levels|Filling of 900 farm tanks|tank,fuel|cheap|3600|CA`,
  science: `
quakes-world|Earthquakes worldwide|Magnitude, depth and place as they are measured by the USGS|earthquake,seismic|free|60|001
quakes-japan|Early warning of earthquakes in Japan|Seconds before the shaking|earthquake,warning|dear|60|JP
volcano-iceland|Volcanic tremor of Iceland|Seismometers around the Reykjanes peninsula|volcano,seismic|cheap|1|IS
solar-wind|Solar wind|Speed, density and magnetic field at L1|space weather,solar wind|free|60|001
aurora|Aurora forecast|Probability of northern lights by latitude|aurora,forecast|cheap|1800|NO,FI,IS
asteroids|Asteroids near the earth|Close approaches, as they are found|asteroid,space|free|3600|001
buoys-atlantic|Ocean buoys of the Atlantic|Waves, swell and water temperature|ocean,wave|cheap|1800|US,PT,IE
tides-uk|Tide gauges of Britain|Sea level at 44 harbours|tide,sea level|free|900|GB
argo-floats|Argo floats|Temperature and salinity of the deep ocean|ocean,salinity|free|86400|001
wildfires|Wildfires from satellites|Hot spots within an hour of the overpass|wildfire,satellite|cheap|3600|001
satellite-passes|Satellite positions|Orbits of 20,000 objects|satellite,orbit|cheap|60|001
whales|Whale calls|Hydrophones off California|whale,ocean|free|60|US
bird-migration|Bird migration by radar|Density of migrating birds at night|bird,radar|cheap|900|150
genomes|Virus genomes|New sequences with their lineage|genome,health|free|3600|001
gravitational|Gravitational wave alerts|Candidate events with sky maps|gravitational wave,space|free|60|001
cosmic-rays|Cosmic rays|Neutron monitors at both poles|cosmic ray,radiation|free|60|AQ
glacier|Glacier movement|GPS stations on the Aletsch glacier|glacier,gps|cheap|3600|CH
lake-temperature|Temperature of lakes|Surface water of 30 Swiss lakes|lake,temperature|free|3600|CH`,
  other: `
auctions|Art auction results|Lots, estimates and hammer prices|art,auction|dear|60|001
domains|New domain names|Registrations under 1,000 endings|domain,internet|cheap|60|001
bgp-routes|Routes of the internet|Changes of BGP as routers announce them|bgp,internet|cheap|1|001
certificates|Certificates of websites|Every certificate of the public logs|certificate,security|free|1|001
malware|Malware addresses|Hosts that spread malware, checked|security,malware|dear|60|001
hospital-beds|Hospital beds of Lombardy|Free beds in intensive care|hospital,health|cheap|3600|IT
rents-berlin|Rental adverts of Berlin|Flats to let, with rent and size|rent,flat|cheap|60|DE
hotel-rates|Hotel rates|Prices of tonight in 300 cities|hotel,price|dear|600|001
museum-visitors|Museum visitors of Amsterdam|Tickets scanned per quarter hour|museum,visitors|cheap|900|NL
recalls|Product recalls|Food and goods called back|recall,food|free|3600|150
lottery|Lottery draws|Numbers of 50 lotteries|lottery|free|86400|001
court-rulings|Court rulings|Decisions of the higher courts of Germany|law,court|cheap|3600|DE
supermarket|Supermarket prices|Shelf prices of three chains in France|price,food|dear|86400|FR
queue-theme-park|Queues of theme parks|Minutes of waiting at 400 rides|queue,leisure|cheap|300|001`
};

const prices: Readonly<Record<string, string>> = { free: '0', cheap: '30000000000000', dear: '1500000000000000' };

export const judgedProducts: readonly JudgedProduct[] = Object.entries(lines).flatMap(([category, text]) =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [key = '', name = '', summary = '', tags = '', price = '', cadence = '', regions = ''] = line.split('|');
      return {
        ...{ key, category: category as Category, name, summary, tags: tags.split(','), price: prices[price] ?? '0' },
        ...{ cadence: Number(cadence), regions: regions.split(',') }
      };
    })
);
