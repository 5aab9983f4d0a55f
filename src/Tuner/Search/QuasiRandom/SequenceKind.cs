namespace Tuning.Search.QuasiRandom;

/// <summary>How quasi-random points are made.</summary>
public enum SequenceKind
{
    /// <summary>Sobol's sequence in base 2 with nested scrambling: the most even one when the number of points is a power of two.</summary>
    Sobol,

    /// <summary>Halton's sequence in prime bases with scrambled digits: evenly good for any number of points in up to ten or so dimensions.</summary>
    Halton,
}
