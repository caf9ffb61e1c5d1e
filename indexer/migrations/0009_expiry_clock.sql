CREATE TABLE "indexer"."expiry_clock" (
	"id" integer PRIMARY KEY NOT NULL,
	"told" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "license_until" ON "indexer"."license" USING btree ("until");