namespace Tuning.Spaces;

/// <summary>What is wrong at one place of a search space.</summary>
/// <param name="Segments">The names from the root to the place; positions in lists are numbers from 0.</param>
/// <param name="Message">What is wrong, and the way out.</param>
public sealed record SpaceError(ImmutableArray<string> Segments, string Message)
{
    /// <summary>The place as a dotted path, empty for the whole space.</summary>
    public string Path => string.Join('.', Segments);

    /// <summary>The position of the constraint that is wrong, from 0; null when it is the space itself.</summary>
    public int? Constraint { get; init; }

    /// <summary>Place and message.</summary>
    public override string ToString() => Constraint is { } i ? $"constraints[{i}]: {Message}" : Segments.IsEmpty ? Message : $"{Path}: {Message}";

    /// <inheritdoc/>
    public bool Equals(SpaceError? other) => other is not null && Message == other.Message && Constraint == other.Constraint
        && Segments.AsSpan().SequenceEqual(other.Segments.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Message, Constraint, Segments.Length);
}
