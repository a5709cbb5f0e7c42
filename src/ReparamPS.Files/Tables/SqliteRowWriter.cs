using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>
/// Writes rows to a table of an SQLite database, all in one transaction: all of them or none. An existing database keeps its other tables; a new one is written
/// under a temporary name, and if another export has created the database meanwhile, its table is added to that one. The columns' types are settled by the first rows;
/// a column that comes later is added.
/// </summary>
internal sealed class SqliteRowWriter : IRowWriter
{
    private readonly string path;
    private readonly AtomicFile? created;
    private readonly bool append, wasReadOnly;
    private readonly ExistingFile existing;
    private readonly CancellationToken cancellation;
    private readonly string table;
    private readonly SqliteConnection connection;
    private readonly List<SqliteColumn> columns = [];
    private readonly Dictionary<string, int> placeOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> generated = [];
    private readonly List<ExperimentRow> unsettled = [];
    private SqliteNotes? notes;
    private SqliteCommand? insert;
    private IReadOnlyList<string>? lastColumns;
    private int[] places = [];
    private bool settled;

    /// <summary>Opens, or starts, the database.</summary>
    /// <param name="path">The database.</param>
    /// <param name="table">The table; null for the default one.</param>
    /// <param name="append">Whether the rows come after those of an existing table. Only one writer at a time may append.</param>
    /// <param name="existing">What happens to an existing file.</param>
    /// <param name="cancellation">Ends the wait for other writers.</param>
    public SqliteRowWriter(string path, string? table, bool append, ExistingFile existing, CancellationToken cancellation)
    {
        (this.path, this.table, this.append, this.existing, this.cancellation) = (path, table ?? SqliteDatabase.DefaultTable, append, existing, cancellation);
        if (string.IsNullOrWhiteSpace(this.table)) throw new ArgumentException($"Table must be a name; got {ShortText.Quoted(this.table)}. Without -Table, the table is named {SqliteDatabase.DefaultTable}.", nameof(table));
        if (SqliteNotes.IsName(this.table)) throw new ArgumentException($"Table: '{ShortText.Of(table)}' is the name of the module's own table; choose another name.", nameof(table));
        if (this.table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"Table must not start with sqlite_, which SQLite reserves; got {ShortText.Quoted(table)}.", nameof(table));
        if (!IsWritten(path))
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
            Begin();
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
        if (created is null) return;
        using FileLock? turn = append ? null : TableFiles.TakeLock(path, cancellation);
        // Another export that began before this one ended, such as one within its pipeline, has created the database. Its tables stay.
        if (IsWritten(path)) AddToDatabase(created.TemporaryPath);
        else created.Commit();
    }

    public void Dispose()
    {
        // What was not committed is rolled back with the connection.
        Close();
        created?.Dispose();
    }

    private static bool IsWritten(string path) => File.Exists(path) && new FileInfo(path).Length > 0;

    private void AddToDatabase(string written)
    {
        AtomicFile.CheckTarget(path, existing);
        using var target = new SqliteRowWriter(path, table, append, existing, cancellation);
        if (columns.Count > 0)
        {
            if (!target.settled) target.CreateTable(columns);
            long number = 0;
            foreach (ExperimentRow row in SqliteTableReader.Read(written, table, cancellation)) target.Write(row, ++number);
        }
        target.Complete();
        created?.Dispose();
    }

    private void Begin()
    {
        // A file that nobody knows yet needs no journal.
        if (created is not null) connection.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        connection.Execute("BEGIN IMMEDIATE");
        if (SqliteDatabase.KindOf(connection, table) is { } kind and not "table")
            throw new ArgumentException($"Table must not be the name of {(kind == "index" ? "an" : "a")} {kind} of the database; got {ShortText.Quoted(table)}. Choose another name.", nameof(table));
        List<(string Name, string Type, bool IsGenerated)> older = SqliteDatabase.Columns(connection, table);
        notes = new SqliteNotes(connection, table);
        notes.Prune(all: !append);
        if (!append && older.Count > 0) connection.Execute($"DROP TABLE {SqliteDatabase.Quote(table)}");
        if (!append || older.Count == 0) return;
        foreach ((string name, string type, _) in older.Where(column => !column.IsGenerated)) Add(SqliteColumn.Of(name, type));
        generated.AddRange(older.Where(column => column.IsGenerated).Select(column => column.Name));
        settled = true;
    }

    // The rows so far say what the columns are.
    private void Settle(long number)
    {
        settled = true;
        if (unsettled.Count == 0) return;
        // In one pass: a search by name for each cell takes long if there are many columns.
        List<string> names = [];
        Dictionary<string, List<object?>> cells = new(StringComparer.OrdinalIgnoreCase);
        foreach (ExperimentRow row in unsettled)
        {
            for (int i = 0; i < row.Columns.Count; i++)
            {
                if (!cells.TryGetValue(row.Columns[i], out List<object?>? values))
                {
                    cells.Add(row.Columns[i], values = []);
                    names.Add(row.Columns[i]);
                }
                values.Add(row.Values[i]);
            }
        }
        TableColumns.CheckAny(names);
        CreateTable(names.Select(name => new SqliteColumn(name, ColumnKinds.Of(cells[name]))));
        long first = number - unsettled.Count + 1;
        for (int i = 0; i < unsettled.Count; i++) Insert(unsettled[i], first + i);
        unsettled.Clear();
    }

    private void CreateTable(IEnumerable<SqliteColumn> wanted)
    {
        settled = true;
        foreach (SqliteColumn column in wanted) Add(column);
        connection.Execute($"CREATE TABLE {SqliteDatabase.Quote(table)} ({string.Join(", ", columns.Select(Declared))})");
    }

    // SQLite distinguishes the case of letters that are not ASCII; the first of two such columns gets the values.
    private void Add(SqliteColumn column)
    {
        placeOf.TryAdd(column.Name, columns.Count);
        columns.Add(column);
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
                    $"Row {number}: column '{ShortText.Of(column.Name)}' has the type {column.Type} from earlier rows; got {ShortText.Quoted(ExperimentValue.Format(value))} of type {value!.GetType().Name}. "
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
            if (placeOf.TryGetValue(row.Columns[i], out found[i])) continue;
            if (generated.Contains(row.Columns[i], StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"Column '{ShortText.Of(row.Columns[i])}' of table '{ShortText.Of(table)}' is computed by the database. Remove it from the rows.", row.Columns[i]);
            var added = new SqliteColumn(row.Columns[i], ColumnKinds.Of([ExperimentValue.Normalize(row.Values[i], row.Columns[i])]));
            connection.Execute($"ALTER TABLE {SqliteDatabase.Quote(table)} ADD COLUMN {Declared(added)}");
            found[i] = columns.Count;
            Add(added);
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
