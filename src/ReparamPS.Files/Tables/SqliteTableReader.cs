using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>Reads a table of any SQLite database.</summary>
internal static class SqliteTableReader
{
    private const int SmallestDatabase = 512;

    /// <summary>Reads the rows one by one.</summary>
    /// <param name="path">The database.</param>
    /// <param name="table">The table; null takes 'rows', or the only one.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DataFormatException">The file is not a database.</exception>
    /// <exception cref="ArgumentException">The database has no such table.</exception>
    public static IEnumerable<ExperimentRow> Read(string path, string? table, CancellationToken cancellation)
    {
        // SQLite takes a truncated header for an empty database.
        if (new FileInfo(path).Length is > 0 and < SmallestDatabase) throw new DataFormatException(path, "not an SQLite database.");
        using SqliteConnection connection = Guard(path, () => SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly), cancellation);
        // A view may compute for ever before its first row.
        using CancellationTokenRegistration interrupting = cancellation.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));
        string? name = Guard(path, () => Choose(connection, path, table), cancellation);
        if (name is null) yield break;
        // One view of the rows and the notes, whatever other processes write meanwhile.
        Guard(path, () => { connection.Execute("BEGIN"); return true; }, cancellation);
        SqliteColumn[] columns = Guard(path, () => SqliteDatabase.Columns(connection, name).ConvertAll(column => SqliteColumn.Of(column.Name, column.Type)).ToArray(), cancellation);
        string[] stored = Array.ConvertAll(columns, column => column.Name), names = [.. stored.Select(ExperimentRow.NameOf)];
        using SqliteCommand command = connection.CreateCommand();
        string selected = string.Join(", ", stored.Select(SqliteDatabase.Quote)), from = SqliteDatabase.Quote(name);
        using var notes = new SqliteNotes(connection, name);
        using IEnumerator<(long Row, string Column, string Value)> note = notes.Read().GetEnumerator();
        bool hasNotes = Guard(path, () => note.MoveNext() && notes.HasRowId(), cancellation);
        string? rowId = hasNotes ? SqliteNotes.RowId(stored) : null;
        command.CommandText = rowId is null ? $"SELECT {selected} FROM {from}" : $"SELECT {selected}, {rowId} FROM {from} ORDER BY {rowId}";
        using SqliteDataReader reader = Guard(path, command.ExecuteReader, cancellation);
        string?[] restored = new string?[columns.Length];
        while (Guard(path, reader.Read, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(restored);
            if (hasNotes)
            {
                long row = reader.GetInt64(columns.Length);
                while (hasNotes && note.Current.Row <= row)
                {
                    int place = note.Current.Row == row ? Array.FindIndex(stored, known => known.Equals(note.Current.Column, StringComparison.OrdinalIgnoreCase)) : -1;
                    if (place >= 0) restored[place] = note.Current.Value;
                    hasNotes = Guard(path, note.MoveNext, cancellation);
                }
            }
            object?[] values = new object?[columns.Length];
            for (int i = 0; i < values.Length; i++) values[i] = columns[i].FromStored(reader.GetValue(i), restored[i], path);
            yield return new ExperimentRow(names, values);
        }
    }

    // Null if there is none and none is named.
    private static string? Choose(SqliteConnection connection, string path, string? table)
    {
        List<string> tables = SqliteDatabase.Tables(connection);
        if (tables.Count == 0 && table is null) return null;
        string wanted = table ?? (tables.Count == 1 ? tables[0] : SqliteDatabase.DefaultTable);
        return tables.Find(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"Table: '{ShortText.Of(path)}' has no table '{ShortText.Of(wanted)}'{(table is null ? ", the default" : "")}; {(tables.Count == 0 ? "it is empty" : $"it has {ShortText.List(tables)}")}.{(table is null && tables.Count > 0 ? " Choose one with -Table." : "")}", nameof(table));
    }

    private static T Guard<T>(string path, Func<T> call, CancellationToken cancellation)
    {
        try
        {
            return call();
        }
        catch (SqliteException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (SqliteException error)
        {
            throw SqliteDatabase.Explain(error, path);
        }
    }
}
