using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Libraries;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>What reading and writing SQLite databases share: connections, names, and errors that say what is the matter.</summary>
internal static class SqliteDatabase
{
    /// <summary>The extension of a database's file.</summary>
    public const string Extension = ".sqlite";

    /// <summary>The table for rows if none is named.</summary>
    public const string DefaultTable = "rows";

    /// <summary>Whether a path names a database.</summary>
    public static bool Has(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens a database.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        FileLibraries.LoadSqlite();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path), Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Executes a statement.</summary>
    public static void Execute(this SqliteConnection connection, string statement)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    /// <summary>The names of all tables and views but SQLite's own and the notes.</summary>
    public static List<string> Tables(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> names = [];
        while (reader.Read())
        {
            if (!SqliteNotes.IsName(reader.GetString(0))) names.Add(reader.GetString(0));
        }
        return names;
    }

    /// <summary>What has a name in the database: table, view or index; null if nothing has it.</summary>
    public static string? KindOf(SqliteConnection connection, string name)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT type FROM sqlite_master WHERE type <> 'trigger' AND name = $name COLLATE NOCASE";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    }

    /// <summary>The columns of a table, with their declared types, and whether the database computes them; empty if the table does not exist.</summary>
    public static List<(string Name, string Type, bool IsGenerated)> Columns(SqliteConnection connection, string table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name, type, hidden > 1 FROM pragma_table_xinfo($table) WHERE hidden <> 1";
        command.Parameters.AddWithValue("$table", table);
        using SqliteDataReader reader = command.ExecuteReader();
        List<(string, string, bool)> columns = [];
        while (reader.Read()) columns.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        return columns;
    }

    /// <summary>A name as SQL has it.</summary>
    /// <exception cref="ArgumentException">SQL would end at a character of the name.</exception>
    public static string Quote(string name) => !name.Contains('\0', StringComparison.Ordinal) ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : throw new ArgumentException($"A table or column of a database must not have the character U+0000 in its name; got {ShortText.Quoted(name.Replace('\0', '\u2400'))}.", nameof(name));

    /// <summary>SQLite's failure as one of files.</summary>
    public static Exception Explain(SqliteException error, string path)
    {
        const int busy = 5, locked = 6, readOnly = 8, full = 13, cannotOpen = 14, corrupt = 11, noDatabase = 26;
        return error.SqliteErrorCode switch
        {
            noDatabase => new DataFormatException(path, "not an SQLite database.", error),
            corrupt => new DataFormatException(path, $"the database is damaged: {ShortText.Of(error.Message)}", error),
            busy or locked => new IOException($"'{ShortText.Of(path)}' is in use by another process. Close it there, and try again.", error),
            full => new IOException($"'{ShortText.Of(path)}': the disk is full.", error),
            readOnly or cannotOpen => new UnauthorizedAccessException($"'{ShortText.Of(path)}' cannot be {(error.SqliteErrorCode == readOnly ? "written to" : "opened")}: {ShortText.Of(error.Message)}", error),
            _ => new IOException($"'{ShortText.Of(path)}': {ShortText.Of(error.Message)}", error),
        };
    }
}
