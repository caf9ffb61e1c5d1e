-- tables that are built beside lack the new columns: they are begun anew
DROP SCHEMA IF EXISTS "indexer_beside" CASCADE;--> statement-breakpoint
CREATE SEQUENCE "indexer"."search_change" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "indexer"."search_removed" (
	"id" text PRIMARY KEY NOT NULL,
	"changed" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "indexer"."search_product" ADD COLUMN "content" text;--> statement-breakpoint
ALTER TABLE "indexer"."search_product" ADD COLUMN "changed" bigint DEFAULT nextval('indexer.search_change') NOT NULL;--> statement-breakpoint
CREATE INDEX "search_removed_changed" ON "indexer"."search_removed" USING btree ("changed");--> statement-breakpoint
CREATE INDEX "search_product_changed" ON "indexer"."search_product" USING btree ("changed");