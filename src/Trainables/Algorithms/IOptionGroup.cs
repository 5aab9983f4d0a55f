namespace Tuning.Algorithms;

/// <summary>Options that stand together under one name, each of which can be set without the others.</summary>
internal interface IOptionGroup;
