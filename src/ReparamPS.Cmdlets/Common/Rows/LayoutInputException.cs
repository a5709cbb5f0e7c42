namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>The input is the output of a Format- cmdlet. One such error is enough: each row of a table is an object of its own.</summary>
internal sealed class LayoutInputException()
    : ArgumentException("The input is the output of a Format- cmdlet, such as Format-Table. That is text layout, not objects. Leave out the Format- cmdlet, or put it at the end of the pipeline.");
