namespace Tuning.Spaces;

/// <summary>A value that follows from other parameters: by an expression, or by a C# function.</summary>
public sealed class ComputedDomain : Domain
{
    internal ComputedDomain(Formula formula) => Formula = formula;

    internal ComputedDomain(Func<ParameterSet, object?>? function, string code) => (Function, Code) = (function, code);

    /// <inheritdoc/>
    public override DomainKind Kind => DomainKind.Computed;

    /// <summary>The expression; null when it is a C# function.</summary>
    public string? ExpressionText => Formula?.Text;

    /// <summary>The name of the C# function; null when it is an expression.</summary>
    public string? Code { get; }

    /// <summary>Whether it is a C# function that was read by name and must be supplied again.</summary>
    public bool IsMissingCode => Code is not null && Function is null;

    internal Formula? Formula { get; }

    internal Func<ParameterSet, object?>? Function { get; }

    private protected override (string Name, object? Arguments) Form => Formula is null ? ("code", Code) : ("expr", Formula.Text);

    /// <inheritdoc/>
    public override object? Sample(RandomStream random) =>
        throw new InvalidOperationException($"The value of {Describe()} follows from other parameters; it cannot be drawn by itself.");

    /// <inheritdoc/>
    public override bool Contains(object? value) => true;

    private protected override string Describe() => Formula is null ? $"computed by the function {Code}" : $"computed as {Formula.Text}";
}
