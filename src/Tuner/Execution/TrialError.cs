using System.Reflection;

namespace Tuning.Execution;

/// <summary>What is written down of an exception that ended a segment.</summary>
internal static class TrialError
{
    /// <summary>The name of the file in the trial's directory.</summary>
    public const string FileName = "error.txt";

    /// <summary>The exception that says what happened, out of wrappers that do not.</summary>
    public static Exception CauseOf(Exception exception)
    {
        while (exception is TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    /// <summary>The message on one line, without the parameter of a method that .NET names; or the name of the type where there is none.</summary>
    public static string OneLine(Exception exception)
    {
        var said = exception is ArgumentException { ParamName: { } parameter }
            ? exception.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)
            : exception.Message;
        var message = string.Join(' ', said.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return message.Length == 0 ? exception.GetType().Name : message;
    }

    /// <summary>Appends the full text to the trial's file.</summary>
    public static void AppendFile(string directory, Exception exception, TimeProvider time)
    {
        var at = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        OwnFiles.Append(Path.Combine(directory, FileName), $"{at}\n{exception}\n\n");
    }
}
