namespace Tuning;

/// <summary>What kind of thing is wrong, or worth saying.</summary>
public enum ProblemCode
{
    /// <summary>A value that cannot be, by itself or beside others.</summary>
    Value,

    /// <summary>A key or a name that is not known, or stands at the wrong place.</summary>
    Name,

    /// <summary>Something that must be given is missing.</summary>
    Missing,

    /// <summary>Something that is known and not supported.</summary>
    Unsupported,

    /// <summary>The text is not YAML, or YAML that experiments are not written in.</summary>
    Syntax,

    /// <summary>The file cannot be read.</summary>
    File,

    /// <summary>An option of the command line does not fit the file.</summary>
    Option,
}
