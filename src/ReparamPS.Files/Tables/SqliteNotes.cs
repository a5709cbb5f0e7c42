using Microsoft.Data.Sqlite;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>
/// The cells of which SQLite keeps less than their value, in a table of their own: NaN, which is NULL in its column, and numbers that are rounded there. Rows are known by
/// their rowid.
/// </summary>
internal sealed class SqliteNotes : IDisposable
{
    /// <summary>The name of the table.</summary>
    public const string Name = "reparamps_exact";

    private readonly SqliteConnection connection;
    private readonly string table;
    private SqliteCommand? insert;

    /// <summary>The notes on a table, which need not exist yet.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="table">The table.</param>
    public SqliteNotes(SqliteConnection connection, string table) => (this.connection, this.table) = (connection, table);

    /// <summary>Whether a table's name is that of the notes.</summary>
    public static bool IsName(string name) => name.Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name of the rowid that is not the name of a column.</summary>
    public static string? RowId(IEnumerable<string> columns) => new[] { "rowid", "_rowid_", "oid" }.FirstOrDefault(name => !columns.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether the table's rows can be known again: views and tables WITHOUT ROWID have none.</summary>
    public bool HasRowId()
    {
        if (RowId(Names()) is not { } rowId) return false;
        try
        {
            connection.Execute($"SELECT {rowId} FROM {SqliteDatabase.Quote(table)} WHERE {rowId} = 0");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Deletes the notes on rows that are no longer there, or on all.</summary>
    public void Prune(bool all)
    {
        if (!Exists()) return;
        string gone = all || !HasRowId() ? "" : $" AND NOT EXISTS (SELECT 1 FROM {SqliteDatabase.Quote(table)} AS noted WHERE noted.{RowId(Names())} = row_id)";
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM {Name} WHERE table_name = $table{gone}";
        command.Parameters.AddWithValue("$table", table);
        command.ExecuteNonQuery();
    }

    /// <summary>Adds a note on the row that was inserted last.</summary>
    public void Add(string column, string value)
    {
        insert ??= PrepareInsert();
        insert.Parameters["$column"].Value = column;
        insert.Parameters["$value"].Value = value;
        insert.ExecuteNonQuery();
    }

    /// <summary>The notes, in the order of the rows.</summary>
    public IEnumerable<(long Row, string Column, string Value)> Read()
    {
        if (!Exists()) yield break;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT row_id, column_name, value FROM {Name} WHERE table_name = $table AND typeof(row_id) = 'integer' AND typeof(column_name) = 'text' AND typeof(value) = 'text' ORDER BY row_id";
        command.Parameters.AddWithValue("$table", table);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read()) yield return (reader.GetInt64(0), reader.GetString(1), reader.GetString(2));
    }

    /// <inheritdoc/>
    public void Dispose() => insert?.Dispose();

    private string[] Names() => [.. SqliteDatabase.Columns(connection, table).Select(column => column.Name)];

    private bool Exists() => SqliteDatabase.Columns(connection, Name).Select(column => column.Name).SequenceEqual(["table_name", "row_id", "column_name", "value"]);

    private SqliteCommand PrepareInsert()
    {
        if (!HasRowId()) throw new ArgumentException($"Table '{ShortText.Of(table)}' has no rowid (it may have been created WITHOUT ROWID), so NaN, -0 and some other numbers cannot be stored exactly. Use another table.", nameof(table));
        connection.Execute($"""
            CREATE TABLE IF NOT EXISTS {Name} (table_name TEXT NOT NULL COLLATE NOCASE, row_id INTEGER NOT NULL, column_name TEXT NOT NULL COLLATE NOCASE, value TEXT NOT NULL,
            PRIMARY KEY (table_name, row_id, column_name)) WITHOUT ROWID
            """);
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"INSERT OR REPLACE INTO {Name} VALUES ($table, last_insert_rowid(), $column, $value)";
        command.Parameters.AddWithValue("$table", table);
        command.Parameters.AddWithValue("$column", "");
        command.Parameters.AddWithValue("$value", "");
        return command;
    }
}
