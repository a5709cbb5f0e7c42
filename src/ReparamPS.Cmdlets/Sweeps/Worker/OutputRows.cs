using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Local;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>
/// The output of a run: objects and numbers are rows; text goes to its log. Of a run that returns only text, the last one is also its row: programs print many lines, and the last is the result.
/// </summary>
internal sealed class OutputRows(IRunOutput output)
{
    private readonly RowReader reader = new();
    private readonly HashSet<string> leftOut = [];
    private PSObject? lastText;
    private bool hasRows, hasLayout;

    /// <summary>The first output or column that was left out, and why; null if all were kept.</summary>
    public string? FirstLeftOut { get; private set; }

    /// <summary>Adds an object.</summary>
    public void Add(PSObject? item)
    {
        switch (item?.BaseObject)
        {
            case null: break;
            case string text:
                output.Print(text);
                if (text.Length > 0) lastText = item;
                break;
            case { } bare when ArgumentRules.IsLayout(bare): hasLayout = true; break;
            case Tensor tensor when tensor.numel() != 1: LeaveOut($"a tensor of shape {TensorShapes.Format(tensor.shape)}"); break;
            case IList list: LeaveOut(list.Count == 0 ? "an empty list" : list.Count == 1 ? "a list with one value" : $"a list of {list.Count} values"); break;
            default: AddRow(reader.Read(item)); break;
        }
    }

    /// <summary>Adds a row of a training that runs outside of PowerShell's pipeline.</summary>
    public void AddOwn(object row) => AddRow(RowReader.ReadOwn(row));

    /// <summary>Adds the row of a run that returned only text.</summary>
    public void Finish()
    {
        if (!hasRows && lastText is not null)
        {
            if (UnknownColumn.IsJson(lastText.BaseObject)) NoteLeftOut("JSON", "The output is JSON text, so its values are not columns: the column Value holds the whole text. Leave out ConvertTo-Json, or add ConvertFrom-Json.");
            AddRow(reader.Read(lastText));
        }
        else if (!hasRows && hasLayout) NoteLeftOut("layout", "The output of a Format- cmdlet, such as Format-Table, is left out of the rows, because it is text layout. Return the objects themselves.");
    }

    private void LeaveOut(string what)
    {
        hasRows = true;
        NoteLeftOut(what, $"An output is left out of the rows, because a cell holds one value; got {what}. Return a number, or an object whose properties are numbers.");
    }

    // The log has each of them; the sweep warns of the first one.
    private void NoteLeftOut(string what, string message)
    {
        if (!leftOut.Add(what)) return;
        output.Print(message);
        FirstLeftOut ??= message;
    }

    private void AddRow(ExperimentRow row)
    {
        hasRows = true;
        output.AddRow(Flat(row));
    }

    private ExperimentRow Flat(ExperimentRow row)
    {
        List<string> columns = new(row.Columns.Count);
        List<object?> values = new(row.Columns.Count);
        for (int i = 0; i < row.Columns.Count; i++)
        {
            try
            {
                values.Add(ExperimentValue.Normalize(row.Values[i], row.Columns[i]));
                columns.Add(row.Columns[i]);
            }
            catch (ArgumentException error)
            {
                NoteLeftOut(row.Columns[i], $"A column is left out of the rows. {ShortText.Message(error)}");
            }
        }
        return new ExperimentRow(columns, values);
    }
}
