using System.Runtime.InteropServices;

namespace Tuning.Reporting;

/// <summary>
/// The one way to standard output and standard error for what a person reads. What cannot be written is dropped, for no output is more important than a
/// run: a disk may be full, a terminal closed, a stream never opened. Control characters, of which escape sequences are made, are shown as � in place of
/// being obeyed, since names and messages come from files.
/// </summary>
/// <remarks>Safe on any thread, by <see cref="TextWriter.Synchronized"/>.</remarks>
internal sealed partial class ConsoleWriter : TextWriter
{
    private static readonly ConsoleWriter _out = new(() => Console.Out, 1);

    private readonly Func<TextWriter> _target;
    private readonly bool _isGiven;

    /// <param name="target">Where it goes.</param>
    /// <param name="descriptor">Its number with the operating system; negative for none.</param>
    internal ConsoleWriter(Func<TextWriter> target, int descriptor = -1) => (_target, _isGiven) = (target, descriptor < 0 || IsGiven(descriptor));

    /// <summary>Standard output.</summary>
    public static TextWriter Out { get; } = Synchronized(_out);

    /// <summary>Standard error.</summary>
    public static TextWriter Error { get; } = Synchronized(new ConsoleWriter(() => Console.Error, 2));

    /// <summary>Why standard output lost something; null while it has lost nothing.</summary>
    public static string? Lost => _out.Loss;

    /// <summary>Why something was lost; null while nothing was.</summary>
    internal string? Loss { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Try(Readable.Harmless(buffer), static (target, text) => target.Write(text));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Flush() => Try("", static (target, _) => target.Flush());

    private void Try(string text, Action<TextWriter, string> use)
    {
        try
        {
            if (_isGiven)
            {
                use(_target(), text);
                return;
            }

            Loss ??= "it is closed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or TypeInitializationException
            or System.ComponentModel.Win32Exception)
        {
            Loss ??= e.Message.TrimEnd('.');
        }
    }

    // A stream that is closed when a program starts leaves its number to the first file that the program opens, which would be written to. What a program opens
    // itself is closed when it starts another, what it was given is not.
    private static bool IsGiven(int descriptor) => OperatingSystem.IsWindows() || fcntl(descriptor, GetFlags) is 0;

    private const int GetFlags = 1;

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int fcntl(int descriptor, int command);
}
