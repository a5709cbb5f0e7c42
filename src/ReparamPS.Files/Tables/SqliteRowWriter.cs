using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>
/// Writes rows to a table of an SQLite database, all in one transaction: all of them or none. An existing database keeps its other tables; a new one is written
/// under a temporary name. The columns' types are settled by the first rows; a column that comes later is added.
/// </summary>
internal sealed class SqliteRowWriter : IRowWriter
{
    private readonly string path;
    private readonly AtomicFile? created;
    private readonly bool wasReadOnly;
    private readonly string table;
    private readonly SqliteConnection connection;
    private readonly List<SqliteColumn> columns = [];
    private readonly List<string> generated = [];
    private readonly List<ExperimentRow> unsettled = [];
    private SqliteNotes? notes;
    private SqliteCommand? insert;
    private IReadOnlyList<string>? lastColumns;
    private int[] places = [];
    private bool settled;

    /// <summary>Opens, or starts, the database.</summary>
    public SqliteRowWriter(string path, string? table, bool append, ExistingFile existing)
    {
        (this.path, this.table) = (path, table ?? SqliteDatabase.DefaultTable);
        if (string.IsNullOrWhiteSpace(this.table)) throw new ArgumentException($"Table must be a name; got {ShortText.Quoted(this.table)}. Without -Table, the table is named {SqliteDatabase.DefaultTable}.", nameof(table));
        if (SqliteNotes.IsName(this.table)) throw new ArgumentException($"Table: '{ShortText.Of(table)}' is the name of the module's own table; choose another name.", nameof(table));
        if (this.table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"Table must not start with sqlite_, which SQLite reserves; got {ShortText.Quoted(table)}.", nameof(table));
        bool extends = File.Exists(path) && new FileInfo(path).Length > 0;
        if (!extends)
        {
            created = new AtomicFile(path, append && existing == ExistingFile.Refuse ? ExistingFile.OfferForce : existing);
            created.Stream.Dispose();
        }
        else if (existing == ExistingFile.ReplaceReadOnly && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0)
        {
            // SQLite changes the file itself, so it must be writable until the rows are written.
            File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
            wasReadOnly = true;
        }
        try
        {
            connection = SqliteDatabase.Open(created?.TemporaryPath ?? path, SqliteOpenMode.ReadWrite);
        }
        catch (SqliteException error)
        {
            created?.Dispose();
            RestoreReadOnly();
            throw SqliteDatabase.Explain(error, path);
        }
        try
        {
            Begin(append);
        }
        catch (Exception error)
        {
            Dispose();
            if (error is SqliteException known) throw SqliteDatabase.Explain(known, path);
            throw;
        }
    }

    public void Write(ExperimentRow row, long number) => Guard(() =>
    {
        if (settled)
        {
            Insert(row, number);
            return;
        }
        unsettled.Add(ExperimentValue.Normalize(row));
        if (unsettled.Count == AtomicRowWriter.SettlingRows) Settle(number);
    });

    public void Complete()
    {
        Guard(() =>
        {
            if (!settled) Settle(unsettled.Count);
            connection.Execute("COMMIT");
        });
        Close();
        created?.Commit();
    }

    public void Dispose()
    {
        // What was not committed is rolled back with the connection.
        Close();
        created?.Dispose();
    }

    private void Begin(bool append)
    {
        // A file that nobody knows yet needs no journal.
        if (created is not null) connection.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        connection.Execute("BEGIN IMMEDIATE");
        List<(string Name, string Type, bool IsGenerated)> existing = SqliteDatabase.Columns(connection, table);
        notes = new SqliteNotes(connection, table);
        notes.Prune(all: !append);
        if (!append && existing.Count > 0) connection.Execute($"DROP TABLE {SqliteDatabase.Quote(table)}");
        if (!append || existing.Count == 0) return;
        columns.AddRange(existing.Where(column => !column.IsGenerated).Select(column => SqliteColumn.Of(column.Name, column.Type)));
        generated.AddRange(existing.Where(column => column.IsGenerated).Select(column => column.Name));
        settled = true;
    }

    // The rows so far say what the columns are.
    private void Settle(long number)
    {
        settled = true;
        foreach (string name in unsettled.SelectMany(row => row.Columns).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            columns.Add(new SqliteColumn(name, ColumnKinds.Of(unsettled.Select(row => row[name]))));
        }
        if (unsettled.Count == 0) return;
        TableColumns.CheckAny([.. columns.Select(column => column.Name)]);
        connection.Execute($"CREATE TABLE {SqliteDatabase.Quote(table)} ({string.Join(", ", columns.Select(Declared))})");
        long first = number - unsettled.Count + 1;
        for (int i = 0; i < unsettled.Count; i++) Insert(unsettled[i], first + i);
        unsettled.Clear();
    }

    private void Insert(ExperimentRow row, long number)
    {
        if (!ReferenceEquals(row.Columns, lastColumns)) Learn(row);
        SqliteParameterCollection parameters = insert!.Parameters;
        foreach (SqliteParameter parameter in parameters) parameter.Value = DBNull.Value;
        for (int i = 0; i < places.Length; i++)
        {
            SqliteColumn column = columns[places[i]];
            object? value = ExperimentValue.Normalize(row.Values[i], column.Name);
            if (!column.Accepts(value))
            {
                throw new ArgumentException(
                    $"Row {number}: column '{ShortText.Of(column.Name)}' has the type {column.Type} from earlier rows; got the {value!.GetType().Name} {ShortText.Of(ExperimentValue.Format(value))}. "
                    + "Convert the column to one type, or write .csv or .jsonl, which have no column types.", column.Name);
            }
            parameters[places[i]].Value = column.ToStored(value);
        }
        insert.ExecuteNonQuery();
        for (int i = 0; i < places.Length; i++)
        {
            SqliteColumn column = columns[places[i]];
            if (column.NoteFor(ExperimentValue.Normalize(row.Values[i], column.Name)) is { } note) notes!.Add(column.Name, note);
        }
    }

    private void Learn(ExperimentRow row)
    {
        int[] found = new int[row.Columns.Count];
        bool grown = insert is null;
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = columns.FindIndex(column => column.Name.Equals(row.Columns[i], StringComparison.OrdinalIgnoreCase));
            if (found[i] >= 0) continue;
            if (generated.Contains(row.Columns[i], StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"Column '{ShortText.Of(row.Columns[i])}' of table '{ShortText.Of(table)}' is computed by the database. Remove it from the rows.", row.Columns[i]);
            var added = new SqliteColumn(row.Columns[i], ColumnKinds.Of([ExperimentValue.Normalize(row.Values[i], row.Columns[i])]));
            connection.Execute($"ALTER TABLE {SqliteDatabase.Quote(table)} ADD COLUMN {Declared(added)}");
            found[i] = columns.Count;
            columns.Add(added);
            grown = true;
        }
        if (grown) PrepareInsert();
        (lastColumns, places) = (row.Columns, found);
    }

    private void PrepareInsert()
    {
        insert?.Dispose();
        insert = connection.CreateCommand();
        insert.CommandText =
            $"INSERT INTO {SqliteDatabase.Quote(table)} ({string.Join(", ", columns.Select(column => SqliteDatabase.Quote(column.Name)))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        for (int i = 0; i < columns.Count; i++) insert.Parameters.Add(new SqliteParameter($"$p{i}", DBNull.Value));
        insert.Prepare();
    }

    private static string Declared(SqliteColumn column) => $"{SqliteDatabase.Quote(column.Name)} {column.Type}";

    private void Close()
    {
        insert?.Dispose();
        insert = null;
        notes?.Dispose();
        connection.Dispose();
        RestoreReadOnly();
    }

    private void RestoreReadOnly()
    {
        if (wasReadOnly) File.SetAttributes(path, File.GetAttributes(path) | FileAttributes.ReadOnly);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteException error)
        {
            throw SqliteDatabase.Explain(error, path);
        }
    }
}
