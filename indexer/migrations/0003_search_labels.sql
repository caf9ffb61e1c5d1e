-- rows of search are made anew: they lack what the new columns say
TRUNCATE "indexer"."search_product";
--> statement-breakpoint
ALTER TABLE "indexer"."search_product" ADD COLUMN "labels" "tsvector";--> statement-breakpoint
ALTER TABLE "indexer"."search_product" ADD COLUMN "sample" smallint NOT NULL;--> statement-breakpoint
CREATE INDEX "search_product_sample" ON "indexer"."search_product" USING btree ("sample");