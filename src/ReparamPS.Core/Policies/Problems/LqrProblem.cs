using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>The linear-quadratic regulator: s' = A s + B u + noise, cost sᵀQ s + uᵀR u.</summary>
public sealed class LqrProblem : ControlProblem
{
    private readonly Dictionary<ScalarType, Tensor> a = [], b = [], q = [], r = [];

    /// <summary>Creates the problem.</summary>
    /// <param name="a">A, [states, states].</param>
    /// <param name="b">B, [states, actions].</param>
    /// <param name="q">Q, [states, states]; positive semidefinite.</param>
    /// <param name="r">R, [actions, actions]; positive semidefinite.</param>
    /// <param name="initialState">The distribution of the first state; null is N(0, I).</param>
    /// <param name="settings">Horizon and the like; null takes the defaults.</param>
    public LqrProblem(double[,] a, double[,] b, double[,] q, double[,] r, Distribution? initialState = null, ControlProblemSettings? settings = null)
        : base("Lqr", a.GetLength(0), b.GetLength(1), initialState ?? StandardNormal(a.GetLength(0)), settings ?? new())
    {
        if (a.GetLength(1) != StateSize) throw new Torch.ShapeMismatchException($"A must be square; got {StateSize} × {a.GetLength(1)}.", nameof(A));
        Check(a, StateSize, StateSize, nameof(A));
        Check(b, StateSize, ActionSize, nameof(B), " (a row for each row of A, a column for each action variable)");
        Check(q, StateSize, StateSize, nameof(Q), $", because A is {StateSize} × {StateSize}");
        Check(r, ActionSize, ActionSize, nameof(R), $", because B is {StateSize} × {ActionSize}");
        CheckDefinite(q, nameof(Q));
        CheckDefinite(r, nameof(R));
        (A, B, Q, R) = (a, b, q, r);
    }

    /// <summary>A, [states, states].</summary>
    public double[,] A { get; }

    /// <summary>B, [states, actions].</summary>
    public double[,] B { get; }

    /// <summary>Q, [states, states].</summary>
    public double[,] Q { get; }

    /// <summary>R, [actions, actions].</summary>
    public double[,] R { get; }

    /// <summary>The gain K* that is best over an infinite horizon, [actions, states].</summary>
    /// <exception cref="ArgumentException">There is none: no gain has a finite cost, or the iteration of the Riccati equation does not converge. PowerShell shows null.</exception>
    public double[,] OptimalGain => LqrValue.OptimalGain(this);

    /// <inheritdoc/>
    protected override string DynamicsText => $"A={Text(A)} B={Text(B)} Q={Text(Q)} R={Text(R)}";

    private protected override string OtherDynamics => $"{nameof(A)}, {nameof(B)}, {nameof(Q)} or {nameof(R)} has other values now";

    /// <inheritdoc/>
    public override Tensor Cost(Tensor state, Tensor action)
    {
        Tensor forState = (state.matmul(Matrix(q, Q, state.dtype)) * state).sum(-1), forAction = (action.matmul(Matrix(r, R, state.dtype)) * action).sum(-1);
        return forState + forAction;
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor state, Tensor action) => state.matmul(Matrix(a, A, state.dtype)) + action.matmul(Matrix(b, B, state.dtype));

    // A batch of states is a matrix of rows, so the matrices are transposed.
    private static Tensor Matrix(Dictionary<ScalarType, Tensor> cache, double[,] matrix, ScalarType dtype) => Cached(cache, dtype, () => tensor(matrix).t());

    private static Distribution StandardNormal(int size)
    {
        Native.NativeLibraries.LoadTorch();
        return new Normal(zeros(size, ScalarType.Float64).DetachFromDisposeScope(), ones(size, ScalarType.Float64).DetachFromDisposeScope());
    }

    private static void Check(double[,] matrix, int rows, int columns, string name, string why = "")
    {
        if (matrix.GetLength(0) != rows || matrix.GetLength(1) != columns)
            throw new Torch.ShapeMismatchException($"{name} must be {rows} × {columns}{why}; got {matrix.GetLength(0)} × {matrix.GetLength(1)}.", name);
        foreach (double value in matrix)
        {
            if (!double.IsFinite(value)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} must hold finite numbers; got {value}."), name);
        }
    }

    // Only the symmetric part counts. With a negative eigenvalue, the cost has no minimum.
    private static void CheckDefinite(double[,] matrix, string name)
    {
        Matrix<double> given = Matrix<double>.Build.DenseOfArray(matrix);
        double[] eigenvalues = [.. ((given + given.Transpose()) / 2).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real)];
        double smallest = eigenvalues.Min(), rounding = eigenvalues.Length * 2.3e-16 * eigenvalues.Max(Math.Abs);
        if (smallest >= -rounding) return;
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} must be positive semidefinite; its smallest eigenvalue is {smallest:G6}."), name);
    }

    private static string Text(double[,] matrix) => string.Join(' ', matrix.Cast<double>().Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
