namespace Tuning.Spaces;

/// <summary>What a <see cref="Domain"/> is, for search algorithms that treat kinds differently.</summary>
public enum DomainKind
{
    /// <summary>Real numbers between two bounds: a <see cref="RealDomain"/>.</summary>
    Real,

    /// <summary>Whole numbers between two bounds: an <see cref="IntegerDomain"/>.</summary>
    Whole,

    /// <summary>Normally distributed numbers, without bounds: a <see cref="NormalDomain"/>.</summary>
    Normal,

    /// <summary>One of several values: a <see cref="ChoiceDomain"/>.</summary>
    Choice,

    /// <summary>Every one of several values: a <see cref="GridDomain"/>.</summary>
    Grid,

    /// <summary>Follows from other parameters: a <see cref="ComputedDomain"/>.</summary>
    Computed,
}
