namespace Tuning.Spaces;

/// <summary>A configuration that a user gave, whole or in part.</summary>
/// <param name="Row">Its coordinates, NaN where nothing is given. Not settled.</param>
/// <param name="Values">What was given, by the number of its domain.</param>
internal sealed record GivenPoint(double[] Row, object?[] Values);
