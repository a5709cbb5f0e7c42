using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Gradients;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A function of tensors from the user: a script block or a .NET delegate.</summary>
internal sealed class ScriptFunction
{
    private readonly Func<object[], IEnumerable<object?>> invoke;
    private readonly string parameter;

    private ScriptFunction(Func<object[], IEnumerable<object?>> invoke, IReadOnlyList<string> names, string parameter) => (this.invoke, Names, this.parameter) = (invoke, names, parameter);

    private ScriptFunction(CapturedBlock block, string parameter)
        : this(Invoker(block), NamesOf(block.Script), parameter) => Block = block;

    /// <summary>The script block; null for a delegate.</summary>
    public CapturedBlock? Block { get; }

    /// <summary>The names of its parameters; empty if it has no param block.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The function in the form that Core expects.</summary>
    public TensorFunction Function => Call;

    /// <summary>The function, whose failures name the parameter, the line, and the shapes of the tensors.</summary>
    /// <exception cref="CustomFunctionException">The script block fails.</exception>
    public IReadOnlyList<Tensor> Evaluate(params Tensor[] inputs)
    {
        try
        {
            return Call(inputs);
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            string[] missing = [.. Names.Skip(inputs.Length).Select(name => $"${name}")];
            string hint = missing.Length > 0 && BlockMessages.IsOfNull(error) ? $" The block gets {inputs.Length} {(inputs.Length == 1 ? "tensor" : "tensors")}, so {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} null." : BlockMessages.IsOfNull(error) ? NullHint(inputs.Length) : "";
            string shapes = string.Join(", ", inputs.Select(input => TensorShapes.Format(input.shape)));
            throw BlockMessages.Failed(parameter, error, $"{hint} {parameter} got {(inputs.Length == 1 ? "a tensor of shape" : "tensors of shapes")} {shapes}.");
        }
    }

    /// <summary>What is null in a script block that fails because something is; empty if that is not known.</summary>
    /// <param name="inputs">The number of tensors that it gets.</param>
    public string NullHint(int inputs) => Block?.NullHint(tensors: inputs) ?? "";

    /// <summary>Creates the function from an argument.</summary>
    /// <param name="value">A script block, which receives the tensors as arguments and the first one also as $_ and $z; or a delegate of tensors, or of one array of tensors.</param>
    /// <param name="parameter">The cmdlet's parameter, for errors.</param>
    /// <param name="session">The variables of the session.</param>
    /// <param name="names">The names that the parameter allows besides, for errors; null for none.</param>
    /// <param name="owner">The kind of object that is made from a script block, which keeps the variables for later calls; null if the block is called at once.</param>
    /// <param name="arguments">The names that its arguments have in the help of that object.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static ScriptFunction From(object? value, string parameter, PSVariableIntrinsics session, IEnumerable<string>? names = null, string? owner = null, params string[] arguments) => TensorInput.Unwrap(value) switch
    {
        ScriptBlock script => new ScriptFunction(owner is null ? CapturedBlock.CalledAtOnce(script, parameter, "script block", session) : new CapturedBlock(script, parameter, owner, session, arguments), parameter),
        TensorFunction function => new ScriptFunction(arguments => function([.. arguments.Cast<Tensor>()]), [], parameter),
        Func<Tensor, Tensor> function => new ScriptFunction(arguments => [function((Tensor)Counted(arguments, 1, parameter)[0])], [], parameter),
        Func<Tensor, Tensor, Tensor> function => new ScriptFunction(arguments => [function((Tensor)Counted(arguments, 2, parameter)[0], (Tensor)arguments[1])], [], parameter),
        Delegate function => new ScriptFunction(arguments => [Invoke(function, arguments)], [.. function.Method.GetParameters().Select(each => each.Name ?? "")], parameter),
        var other => throw new ArgumentException($"{parameter} must be a script block{(names is null ? "" : $", a name ({ShortText.List(names)})")} or a .NET delegate; got {(other is Tensor ? "a tensor" : NestedNumbers.Quoted(other))}.", parameter),
    };

    private static object[] Counted(object[] arguments, int count, string parameter) => arguments.Length == count ? arguments
        : throw new ArgumentException($"{parameter} must be a delegate with {arguments.Length} tensor {(arguments.Length == 1 ? "parameter" : "parameters")}; got one with {count}.", parameter);

    private IReadOnlyList<Tensor> Call(IReadOnlyList<Tensor> inputs)
    {
        List<Tensor> results = [];
        object? other = null;
        foreach (object? result in invoke([.. inputs]).Select(TensorInput.Unwrap))
        {
            switch (result)
            {
                case null: break;
                case Tensor tensor: results.Add(tensor); break;
                case IEnumerable<Tensor> many: results.AddRange(many); break;
                default: other ??= result; break;
            }
        }
        if (results.Count > 0) return other is null ? results : throw new ArgumentException(BlockMessages.NotOnlyTensors(parameter, other), parameter);
        // $x * 2 is null if $x is, and $x + 2 is 2.
        string hint = NullHint(inputs.Count);
        throw new ArgumentException(other is null ? $"{parameter} must return a tensor; got nothing.{(hint.Length > 0 ? hint : IndexHint() ?? " Let its last line be the tensor.")}" : BlockMessages.NotTensor(parameter, other, hint), parameter);
    }

    // PowerShell does not know a tensor as an index.
    private string? IndexHint() => Block?.Script.Ast.Find(part => part is IndexExpressionAst { Index: VariableExpressionAst { VariablePath.UserPath: var name } } && (name is "_" or "z" or "PSItem" || Names.Contains(name, StringComparer.OrdinalIgnoreCase)), searchNestedScriptBlocks: false) is IndexExpressionAst index
        ? $" Indexing with a tensor, {index.Extent.Text}, returns nothing in PowerShell. Use {index.Target.Extent.Text}.index_select(0, {index.Index.Extent.Text}.long())." : null;

    private static Func<object[], IEnumerable<object?>> Invoker(CapturedBlock block)
    {
        HashSet<string> read = new(block.Script.Ast.FindAll(each => each is VariableExpressionAst, searchNestedScriptBlocks: true).Select(each => ((VariableExpressionAst)each).VariablePath.UserPath), StringComparer.OrdinalIgnoreCase);
        string[] names = [.. read.Overlaps(["_", "PSItem"]) ? ["_"] : Array.Empty<string>(), .. read.Contains("z") && !block.Variables.ContainsKey("z") ? ["z"] : Array.Empty<string>()];
        return arguments => block.Invoke(names, arguments);
    }

    private static object? Invoke(Delegate function, object[] arguments)
    {
        try
        {
            ParameterInfo[] parameters = function.Method.GetParameters();
            bool array = parameters.Length == 1 && parameters[0].ParameterType.IsAssignableFrom(typeof(Tensor[])) && parameters[0].ParameterType != typeof(object);
            return function.DynamicInvoke(array ? [arguments.Cast<Tensor>().ToArray()] : arguments);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    private static string[] NamesOf(ScriptBlock script) =>
        script.Ast is ScriptBlockAst { ParamBlock: { } block } ? [.. block.Parameters.Select(each => each.Name.VariablePath.UserPath)] : [];
}
