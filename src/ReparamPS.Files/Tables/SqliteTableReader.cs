using Microsoft.Data.Sqlite;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>Reads a table of an SQLite database, whoever wrote it.</summary>
internal static class SqliteTableReader
{
    private const int SmallestDatabase = 512;

    /// <summary>The rows, as they are read.</summary>
    /// <param name="path">The database.</param>
    /// <param name="table">The table; null takes 'rows', or the only one that is there.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DataFormatException">It is not a database.</exception>
    /// <exception cref="ArgumentException">It has no such table.</exception>
    public static IEnumerable<ExperimentRow> Read(string path, string? table, CancellationToken cancellation)
    {
        // SQLite takes the torso of a header for an empty database.
        if (new FileInfo(path).Length is > 0 and < SmallestDatabase) throw new DataFormatException(path, "this is not an SQLite database.");
        using SqliteConnection connection = Guard(path, () => SqliteDatabase.Open(path, SqliteOpenMode.ReadOnly));
        string? name = Guard(path, () => Choose(connection, path, table));
        if (name is null) yield break;
        SqliteColumn[] columns = Guard(path, () => SqliteDatabase.Columns(connection, name).ConvertAll(column => SqliteColumn.Of(column.Name, column.Type)).ToArray());
        string[] names = Array.ConvertAll(columns, column => column.Name);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", names.Select(SqliteDatabase.Quote))} FROM {SqliteDatabase.Quote(name)}";
        using SqliteDataReader reader = Guard(path, command.ExecuteReader);
        while (Guard(path, reader.Read))
        {
            cancellation.ThrowIfCancellationRequested();
            object?[] values = new object?[columns.Length];
            for (int i = 0; i < values.Length; i++) values[i] = columns[i].FromStored(reader.GetValue(i), path);
            yield return new ExperimentRow(names, values);
        }
    }

    // Null where there is none and none is asked for.
    private static string? Choose(SqliteConnection connection, string path, string? table)
    {
        List<string> tables = SqliteDatabase.Tables(connection);
        if (tables.Count == 0 && table is null) return null;
        string wanted = table ?? (tables.Count == 1 ? tables[0] : SqliteDatabase.DefaultTable);
        return tables.Find(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"Table: '{path}' has no table '{wanted}'; {(tables.Count == 0 ? "it is empty" : $"it has {string.Join(", ", tables)}")}.", nameof(table));
    }

    private static T Guard<T>(string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (SqliteException error)
        {
            throw SqliteDatabase.Explain(error, path);
        }
    }
}
