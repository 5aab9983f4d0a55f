namespace Tuning.Specification;

/// <summary>One option of a component.</summary>
/// <param name="Name">Its name in files, snake_case.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether it must be given.</param>
public sealed record ComponentOption(string Name, Type Type, bool IsRequired);
