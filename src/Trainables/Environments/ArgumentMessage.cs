namespace Tuning.Environments;

/// <summary>The message of an argument's exception for those who write files, to whom the names of a method's parameters say nothing.</summary>
internal static class ArgumentMessage
{
    /// <summary>The message without the parameter's name, which .NET puts behind it.</summary>
    public static string Of(Exception exception) => exception.Message.Split(" (Parameter '", 2)[0];
}
