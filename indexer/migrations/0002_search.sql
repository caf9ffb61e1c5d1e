CREATE TABLE "indexer"."search_place" (
	"product" text NOT NULL,
	"area" "box" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."search_product" (
	"id" text PRIMARY KEY NOT NULL,
	"seller" text NOT NULL,
	"offer" text NOT NULL,
	"streams" text[] NOT NULL,
	"cell" integer NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"purchases" integer NOT NULL,
	"created" bigint NOT NULL,
	"karma" numeric(78, 0) NOT NULL,
	"busy" bigint NOT NULL,
	"quality" smallint NOT NULL,
	"tags" text[] NOT NULL,
	"regions" text[] NOT NULL,
	"languages" text[] NOT NULL,
	"name" text,
	"lexemes" "tsvector"
);
--> statement-breakpoint
CREATE TABLE "indexer"."search_word" (
	"word" text PRIMARY KEY NOT NULL,
	"stem" text,
	"products" integer NOT NULL,
	"deletions" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."stream_activity" (
	"stream" text PRIMARY KEY NOT NULL,
	"checked_at" bigint,
	"next_check" bigint NOT NULL,
	"events" bigint NOT NULL,
	"last_event_at" bigint,
	"recent" integer[] NOT NULL,
	"minute" bigint NOT NULL,
	"per_minute" real NOT NULL,
	"events_24h" bigint NOT NULL,
	"observed_24h" integer NOT NULL,
	"served_24h" integer[] NOT NULL,
	"longest_gap_24h" integer NOT NULL,
	"events_30d" bigint NOT NULL,
	"observed_30d" integer NOT NULL,
	"served_30d" integer[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."stream_day" (
	"id" text PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"day" integer NOT NULL,
	"events" bigint NOT NULL,
	"observed" integer NOT NULL,
	"served" integer[] NOT NULL,
	"longest_gap" integer NOT NULL
);
--> statement-breakpoint
DROP INDEX "indexer"."document_category";--> statement-breakpoint
DROP INDEX "indexer"."document_lexemes";--> statement-breakpoint
DROP INDEX "indexer"."document_words";--> statement-breakpoint
ALTER TABLE "indexer"."document" DROP COLUMN "words";--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "words" text[];--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "regions" text[];--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "languages" text[];--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "cadence" real;--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "areas" text[];--> statement-breakpoint
ALTER TABLE "indexer"."document" ADD COLUMN "derived" integer;--> statement-breakpoint
CREATE INDEX "search_place_product" ON "indexer"."search_place" USING btree ("product");--> statement-breakpoint
CREATE INDEX "search_place_area" ON "indexer"."search_place" USING gist ("area");--> statement-breakpoint
CREATE INDEX "search_product_cell" ON "indexer"."search_product" USING btree ("cell");--> statement-breakpoint
CREATE INDEX "search_product_quality" ON "indexer"."search_product" USING btree ("quality","purchases","created","id");--> statement-breakpoint
CREATE INDEX "search_product_created" ON "indexer"."search_product" USING btree ("created","id");--> statement-breakpoint
CREATE INDEX "search_product_price" ON "indexer"."search_product" USING btree ((-"price"),"purchases","id");--> statement-breakpoint
CREATE INDEX "search_product_purchases" ON "indexer"."search_product" USING btree ("purchases","created","id");--> statement-breakpoint
CREATE INDEX "search_product_karma" ON "indexer"."search_product" USING btree ("karma","purchases","id");--> statement-breakpoint
CREATE INDEX "search_product_busy" ON "indexer"."search_product" USING btree ("busy","purchases","id");--> statement-breakpoint
CREATE INDEX "search_product_seller" ON "indexer"."search_product" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "search_product_offer" ON "indexer"."search_product" USING btree ("offer");--> statement-breakpoint
CREATE INDEX "search_product_streams" ON "indexer"."search_product" USING gin ("streams");--> statement-breakpoint
CREATE INDEX "search_product_tags" ON "indexer"."search_product" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "search_product_regions" ON "indexer"."search_product" USING gin ("regions");--> statement-breakpoint
CREATE INDEX "search_product_languages" ON "indexer"."search_product" USING gin ("languages");--> statement-breakpoint
CREATE INDEX "search_product_lexemes" ON "indexer"."search_product" USING gin ("lexemes");--> statement-breakpoint
CREATE INDEX "search_word_stem" ON "indexer"."search_word" USING btree ("stem");--> statement-breakpoint
CREATE INDEX "search_word_prefix" ON "indexer"."search_word" USING btree ("word" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "search_word_deletions" ON "indexer"."search_word" USING gin ("deletions");--> statement-breakpoint
CREATE INDEX "search_word_trigrams" ON "indexer"."search_word" USING gin ("word" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "stream_activity_due" ON "indexer"."stream_activity" USING btree ("next_check");--> statement-breakpoint
CREATE INDEX "stream_day_stream" ON "indexer"."stream_day" USING btree ("stream","day");--> statement-breakpoint
CREATE INDEX "document_derived" ON "indexer"."document" USING btree ("derived");