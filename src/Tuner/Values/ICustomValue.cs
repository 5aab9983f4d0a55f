namespace Tuning;

/// <summary>
/// A type that says itself what it is read from, such as a schedule that is a number or a list of points: properties of such a type take any
/// domain, whose values are checked when it is added to a <see cref="SearchSpace{T}"/>.
/// </summary>
public interface ICustomValue;
