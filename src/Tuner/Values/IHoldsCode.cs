namespace Tuning;

/// <summary>Options that may hold a C# function. With one they cannot be written down: the component is supplied as code.</summary>
internal interface IHoldsCode
{
    /// <summary>Whether they hold one.</summary>
    bool HoldsCode { get; }
}
