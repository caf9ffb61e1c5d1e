CREATE EXTENSION IF NOT EXISTS "unaccent";
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS "pg_trgm";
--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS "indexer";
--> statement-breakpoint
CREATE TEXT SEARCH CONFIGURATION "indexer"."words" (COPY = english);
--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION "indexer"."words"
	ALTER MAPPING FOR asciiword, word, asciihword, hword, hword_asciipart, hword_part WITH unaccent, english_stem;
--> statement-breakpoint
CREATE TABLE "indexer"."cursor" (
	"id" integer PRIMARY KEY NOT NULL,
	"deployment" text NOT NULL,
	"number" bigint NOT NULL,
	"hash" text NOT NULL,
	"timestamp" bigint NOT NULL,
	"foul_logs" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."document" (
	"hash" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"next_attempt" bigint,
	"fault" text,
	"content" jsonb,
	"category" text,
	"tags" text[],
	"words" text,
	"lexemes" "tsvector"
);
--> statement-breakpoint
CREATE TABLE "indexer"."journal" (
	"block" bigint NOT NULL,
	"fact" text NOT NULL,
	"id" text NOT NULL,
	"image" jsonb,
	CONSTRAINT "journal_block_fact_id_pk" PRIMARY KEY("block","fact","id")
);
--> statement-breakpoint
CREATE TABLE "indexer"."block" (
	"number" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"parent_hash" text NOT NULL,
	"timestamp" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."license" (
	"id" text PRIMARY KEY NOT NULL,
	"offer" text NOT NULL,
	"product" text NOT NULL,
	"licensee" text NOT NULL,
	"from" bigint NOT NULL,
	"until" bigint NOT NULL,
	"public_key" text NOT NULL,
	"paid" numeric(78, 0) NOT NULL,
	"purchases" integer NOT NULL,
	"purchased_at_block" bigint NOT NULL,
	"purchased_at" bigint NOT NULL,
	"transaction_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."offer" (
	"id" text PRIMARY KEY NOT NULL,
	"product" text NOT NULL,
	"seller" text NOT NULL,
	"product_number" numeric(78, 0) NOT NULL,
	"beneficiary" text NOT NULL,
	"price_per_second" numeric(78, 0) NOT NULL,
	"minimum_period" bigint NOT NULL,
	"boundary" bigint NOT NULL,
	"terms_hash" text NOT NULL,
	"streams" text[] NOT NULL,
	"position" bigint NOT NULL,
	"document_hash" text NOT NULL,
	"listed" boolean NOT NULL,
	"listed_at_block" bigint NOT NULL,
	"listed_at" bigint NOT NULL,
	"retired_at" bigint,
	"revenue" numeric(78, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."permission" (
	"id" text PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"account" text NOT NULL,
	"permission" text NOT NULL,
	"until" bigint NOT NULL,
	"grantor" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."product" (
	"id" text PRIMARY KEY NOT NULL,
	"seller" text NOT NULL,
	"number" numeric(78, 0) NOT NULL,
	"current_offer" text NOT NULL,
	"created_at_block" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"listed" boolean NOT NULL,
	"price_per_second" numeric(78, 0) NOT NULL,
	"streams" text[] NOT NULL,
	"document_hash" text NOT NULL,
	"purchases" integer NOT NULL,
	"revenue" numeric(78, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."purchase" (
	"id" text PRIMARY KEY NOT NULL,
	"license" text NOT NULL,
	"payer" text NOT NULL,
	"from" bigint NOT NULL,
	"until" bigint NOT NULL,
	"paid" numeric(78, 0) NOT NULL,
	"public_key" text NOT NULL,
	"block" bigint NOT NULL,
	"timestamp" bigint NOT NULL,
	"transaction_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."recipient_key" (
	"id" text PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"account" text NOT NULL,
	"public_key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "indexer"."stream" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"pending_owner" text,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"slot_duration" integer NOT NULL,
	"partitions" integer NOT NULL,
	"deleted" boolean NOT NULL,
	"created_at_block" bigint NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "document_due" ON "indexer"."document" USING btree ("next_attempt");--> statement-breakpoint
CREATE INDEX "document_category" ON "indexer"."document" USING btree ("category");--> statement-breakpoint
CREATE INDEX "document_lexemes" ON "indexer"."document" USING gin ("lexemes");--> statement-breakpoint
CREATE INDEX "document_words" ON "indexer"."document" USING gin ("words" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "license_product" ON "indexer"."license" USING btree ("product","until");--> statement-breakpoint
CREATE INDEX "license_offer" ON "indexer"."license" USING btree ("offer");--> statement-breakpoint
CREATE INDEX "license_licensee" ON "indexer"."license" USING btree ("licensee");--> statement-breakpoint
CREATE INDEX "license_newest" ON "indexer"."license" USING btree ("purchased_at_block","id");--> statement-breakpoint
CREATE INDEX "offer_product" ON "indexer"."offer" USING btree ("product");--> statement-breakpoint
CREATE INDEX "offer_newest" ON "indexer"."offer" USING btree ("listed_at_block","id");--> statement-breakpoint
CREATE INDEX "offer_seller" ON "indexer"."offer" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "offer_streams" ON "indexer"."offer" USING gin ("streams");--> statement-breakpoint
CREATE INDEX "permission_stream" ON "indexer"."permission" USING btree ("stream");--> statement-breakpoint
CREATE INDEX "permission_account" ON "indexer"."permission" USING btree ("account");--> statement-breakpoint
CREATE INDEX "product_newest" ON "indexer"."product" USING btree ("created_at_block","id");--> statement-breakpoint
CREATE INDEX "product_cheapest" ON "indexer"."product" USING btree ("price_per_second","id");--> statement-breakpoint
CREATE INDEX "product_popular" ON "indexer"."product" USING btree ("purchases","id");--> statement-breakpoint
CREATE INDEX "product_seller" ON "indexer"."product" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "product_document" ON "indexer"."product" USING btree ("document_hash");--> statement-breakpoint
CREATE INDEX "product_streams" ON "indexer"."product" USING gin ("streams");--> statement-breakpoint
CREATE INDEX "purchase_license" ON "indexer"."purchase" USING btree ("license");--> statement-breakpoint
CREATE INDEX "purchase_payer" ON "indexer"."purchase" USING btree ("payer");--> statement-breakpoint
CREATE INDEX "purchase_newest" ON "indexer"."purchase" USING btree ("block","id");--> statement-breakpoint
CREATE INDEX "recipient_key_stream" ON "indexer"."recipient_key" USING btree ("stream");--> statement-breakpoint
CREATE INDEX "recipient_key_account" ON "indexer"."recipient_key" USING btree ("account");--> statement-breakpoint
CREATE INDEX "stream_newest" ON "indexer"."stream" USING btree ("created_at_block","id");--> statement-breakpoint
CREATE INDEX "stream_owner" ON "indexer"."stream" USING btree ("owner");