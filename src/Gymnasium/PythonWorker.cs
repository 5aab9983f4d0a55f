using System.IO.MemoryMappedFiles;

namespace Tuning.Gymnasium;

/// <summary>
/// A Python process that holds the copies of one runner. Commands and what came of them stand in a memory that both sides see; a byte through a pipe each way
/// says that they are there. Owned by one thread at a time; the last copy that is disposed of ends the process with all that it started.
/// </summary>
internal sealed unsafe class PythonWorker : IDisposable
{
    public const byte Step = 1;
    public const byte Reset = 2;
    public const byte SeededReset = 3;
    private const byte Done = (byte)'+';
    private const int ErrorAt = 64;
    private const int ErrorSize = 16320;
    private const int Slice = 250; // ms between two looks whether the process is still there
    private const int Grace = 500; // ms for the stack of a process that hangs

    // Imports of big libraries from a cold disk.
    private static readonly TimeSpan _longestStart = TimeSpan.FromMinutes(5);

    private readonly string _name;
    private readonly WorkerSettings _settings;
    private readonly WorkerDirectory _directory = new();
    private readonly Doorbell _go;
    private readonly Doorbell _done;
    private readonly SupervisedProgram _program;
    private readonly Task<string?> _ended;
    private readonly WorkerOutput _output;
    private readonly bool[] _answered;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private byte* _memory;
    private byte* _commands;
    private int _copies;
    private bool _waiting;
    private string? _failed;

    private PythonWorker(string name, string environment, bool several, int count, WorkerSettings settings)
    {
        (_name, _settings, _copies, _answered) = (name, settings, count, new bool[count]);
        (_go, _done) = (Doorbell.ToRing(_directory["go"]), Doorbell.ToHear(_directory["done"]));
        OwnFiles.Replace(_directory["tuner_gym.py"], PythonFile.Text);
        OwnFiles.Replace(_directory["setup.json"], JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = environment,
            ["several"] = several,
            ["count"] = count,
            ["arguments"] = JsonDocument.Parse(settings.Arguments).RootElement,
            ["modules"] = settings.Modules,
            ["infos"] = settings.Infos,
            ["path"] = settings.Path.Append(Environment.CurrentDirectory),
        }));
        _program = SupervisedProgram.Start(
            _directory.Path, Environment.CurrentDirectory, [settings.Python, _directory["tuner_gym.py"], _directory.Path], Variables(), _directory.Path);
        _ended = _program.WaitAsync();
        _output = new(_program.Output, _program.Errors);
    }

    /// <summary>What the copies are.</summary>
    public WorkerDescription Description { get; private set; } = new();

    /// <summary>The name in the file: <c>gym:CartPole-v1</c>.</summary>
    public string Name => _name;

    /// <summary>How many copies it was made with.</summary>
    public int Copies => _answered.Length;

    /// <summary>Its directory, which its process is called with.</summary>
    public string Directory => _directory.Path;

    /// <summary>The names of infos that are handed over.</summary>
    public IReadOnlyList<string> Infos => _settings.Infos;

    /// <summary>Starts a worker, and waits until its copies are made.</summary>
    /// <exception cref="InvalidOperationException">It cannot be started, or the environment cannot be made; the message says why.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static PythonWorker Start(string name, string environment, bool several, int count, WorkerSettings settings)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Environments of Python run on Linux only.");
        }

        var worker = new PythonWorker(name, environment, several, count, settings);
        try
        {
            worker.Open();
            return worker;
        }
        catch
        {
            worker.End();
            throw;
        }
    }

    /// <summary>A row of the memory: of the array of this name the one of a copy.</summary>
    /// <typeparam name="T">What its numbers are.</typeparam>
    /// <param name="array">The name.</param>
    /// <param name="row">Which row.</param>
    /// <param name="length">Numbers of a row.</param>
    public T* Row<T>(string array, int row, int length)
        where T : unmanaged => (T*)(_memory + Description.Offsets[array]) + ((long)row * length);

    /// <summary>Asks a copy for something; it is not waited for.</summary>
    public void Ask(int copy, byte command)
    {
        _commands[copy] = command;
        (_answered[copy], _waiting) = (false, true);
    }

    /// <summary>Waits until a copy has done what it was asked for, and with it all that others were asked for.</summary>
    /// <exception cref="InvalidOperationException">The environment failed, or its process; the message has Python's last lines.</exception>
    public void Await(int copy)
    {
        if (_failed is not null)
        {
            throw new InvalidOperationException(_failed);
        }

        if (_answered[copy] || !_waiting)
        {
            return;
        }

        _go.Ring();
        if (Hear(_settings.Timeout, "a step") != Done)
        {
            var length = Math.Clamp(*(int*)(_memory + ErrorAt), 0, ErrorSize - 4);
            Fail("failed in Python, " + Encoding.UTF8.GetString(_memory + ErrorAt + 4, length));
        }

        new Span<byte>(_commands, _answered.Length).Clear();
        Array.Fill(_answered, true);
        _waiting = false;
    }

    /// <summary>One copy less; with the last the process ends.</summary>
    public void Dispose()
    {
        if (--_copies == 0)
        {
            End();
        }
    }

    private void Open()
    {
        var first = Hear(_longestStart, "its start");
        Description = WorkerDescription.Parse(OwnFiles.ReadText(_directory["spaces.json"]));
        if (first != Done)
        {
            throw new InvalidOperationException(Description.Error + (_output.Last() is { Length: > 0 } said ? said : ""));
        }

        using (var handle = OwnFiles.OpenShared(Description.Memory, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            _file = MemoryMappedFile.CreateFromFile(
                handle, null, Description.Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        }

        OwnFiles.Delete(Description.Memory);
        _directory.Clear();
        _view = _file.CreateViewAccessor(0, Description.Size, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _memory);
        _commands = Row<byte>("command", 0, 1);
    }

    private byte Hear(TimeSpan timeout, string what)
    {
        for (var left = timeout.TotalMilliseconds; left > 0; left -= Slice)
        {
            if (_done.Hear((int)Math.Min(left, Slice)) is { } answer)
            {
                return answer;
            }

            if (_ended.Wait(_done.IsLeft ? Slice : 0))
            {
                _output.Settle();
                Fail($"has lost its Python process: {_settings.Python} {_ended.Result ?? "ended by itself"}.{_output.Last()}");
            }
        }

        // It is told to write down where it is.
        _program.Terminate();
        _ended.Wait(Grace);
        _program.Kill();
        _output.Settle();
        Fail(Invariant($"has not answered for {timeout.TotalSeconds:0.###} s ({what}), and its process was ended. If it may take longer, ") +
            $"give env_config more with step_timeout: (seconds).{_output.Last()}");
        return 0;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void Fail(string what)
    {
        _failed = $"The environment {_name} {what}";
        throw new InvalidOperationException(_failed);
    }

    private void End()
    {
        _failed ??= $"The environment {_name} is disposed of.";
        if (_memory is not null)
        {
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
            _memory = null;
        }

        _view?.Dispose();
        _file?.Dispose();
        _program.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _go.Dispose();
        _done.Dispose();
        _directory.Dispose();
    }

    private Dictionary<string, string> Variables()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal);

        // Runners are what works side by side.
        foreach (var threads in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"])
        {
            variables.TryAdd(threads, "1");
        }

        variables["PYTHONUNBUFFERED"] = "1";
        variables[ProgramVariables.Token] = _directory.Path;
        return variables;
    }

    private static class PythonFile
    {
        private static readonly Lazy<string> _text = new(() =>
        {
            using var reader = new StreamReader(typeof(PythonWorker).Assembly.GetManifestResourceStream("tuner_gym.py")!);
            return reader.ReadToEnd();
        });

        public static string Text => _text.Value;
    }
}
