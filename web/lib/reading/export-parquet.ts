import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { columnNames, flat, type ExportRow } from './export-rows.ts';

type ColumnType = 'BOOLEAN' | 'DOUBLE' | 'STRING' | 'JSON' | 'TIMESTAMP' | 'INT32' | 'INT64';
interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly valueOf: (row: ExportRow) => unknown;
}

/** The narrowest type that holds all values of a field: truth, numbers, or text. */
function typeOf(rows: readonly ExportRow[], name: string): 'BOOLEAN' | 'DOUBLE' | 'STRING' {
  const types = new Set<string>();
  for (const { fields } of rows) {
    const value = flat(fields?.[name]);
    if (value !== null && value !== undefined) types.add(typeof value);
  }
  if (types.size !== 1) return 'STRING';
  return types.has('boolean') ? 'BOOLEAN' : types.has('number') ? 'DOUBLE' : 'STRING';
}

const fits: Record<'BOOLEAN' | 'DOUBLE' | 'STRING', (value: unknown) => boolean> = {
  BOOLEAN: (value) => typeof value === 'boolean',
  DOUBLE: (value) => typeof value === 'number',
  STRING: (value) => value !== null && value !== undefined
};

/** A file being written. */
export interface ParquetFile {
  /** Adds rows as a row group. */
  add(rows: readonly ExportRow[]): void;
  finish(): Blob;
}

/**
 * Begins an Apache Parquet file: time (milliseconds, UTC), partition, offset, publisher, verified, a column per field in
 * the type that its first values have, and two for what has no column: content that is no object, and as JSON the fields
 * that came later or are of another type than those before.
 *
 * @param rows The first ones, by which the columns are chosen. @param first Fields that stand first.
 */
export function beginParquet(rows: readonly ExportRow[], first: readonly string[]): ParquetFile {
  const own = ['time', 'partition', 'offset', 'publisher', 'verified', 'content', 'rest'];
  const fields = columnNames(rows, first).map((name) => {
    const type = typeOf(rows, name);
    // A column that is called as one of the event's own.
    return { field: name, name: own.includes(name) ? `${name}_` : name, type };
  });
  const columns: Column[] = [
    { name: 'time', type: 'TIMESTAMP', nullable: false, valueOf: ({ timestamp }) => new Date(timestamp) },
    { name: 'partition', type: 'INT32', nullable: false, valueOf: ({ partition }) => partition },
    { name: 'offset', type: 'INT64', nullable: false, valueOf: ({ offset }) => BigInt(offset) },
    { name: 'publisher', type: 'STRING', nullable: false, valueOf: ({ origin }) => origin },
    { name: 'verified', type: 'BOOLEAN', nullable: false, valueOf: ({ verified }) => verified },
    ...fields.map(({ field, name, type }) => ({
      name,
      type,
      nullable: true,
      valueOf: ({ fields: given }: ExportRow) => {
        const value = flat(given?.[field]);
        if (!fits[type](value)) return null;
        return type === 'STRING' ? String(value) : value;
      }
    })),
    { name: 'content', type: 'STRING', nullable: true, valueOf: ({ text }) => text },
    {
      name: 'rest',
      type: 'JSON',
      nullable: true,
      valueOf: ({ fields: given }) => {
        const rest = Object.entries(given ?? {}).filter(([name, value]) => {
          const column = fields.find(({ field }) => field === name);
          const plain = flat(value);
          return plain !== null && plain !== undefined && (column === undefined || !fits[column.type](plain));
        });
        return rest.length === 0 ? null : Object.fromEntries(rest.map(([name, value]) => [name, flat(value)]));
      }
    }
  ];
  const columnData = (of: readonly ExportRow[]) =>
    columns.map(({ name, type, nullable, valueOf }) => ({ name, type, nullable, data: of.map(valueOf) }));
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: columnData([]) }),
    createdBy: 'tributary'
  });
  return {
    add: (more) => {
      if (more.length > 0) void file.write({ columnData: columnData(more), rowGroupSize: more.length });
    },
    finish: () => {
      void file.finish();
      return new Blob([writer.getBuffer()], { type: 'application/vnd.apache.parquet' });
    }
  };
}
