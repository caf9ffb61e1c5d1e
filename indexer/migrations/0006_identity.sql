CREATE TABLE "indexer"."identity_check" (
	"uid" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"method" text NOT NULL,
	"name" text NOT NULL,
	"held_at" bigint,
	"next_check" bigint NOT NULL,
	"failures" integer NOT NULL,
	"failing_since" bigint
);
--> statement-breakpoint
CREATE TABLE "indexer"."trusted_attester" (
	"account" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE INDEX "identity_check_account" ON "indexer"."identity_check" USING btree ("account");