using System.CommandLine;

namespace Gatehouse.Completion;

/// <summary>How far the words typed so far have come: which command, which options, which argument is next. Used for one line.</summary>
internal sealed class TypedLine(RootCommand root)
{
    private readonly HashSet<Option> _given = [];
    private bool _onlyArguments;

    /// <summary>The command that the words lead to.</summary>
    public Command Command { get; private set; } = root;

    /// <summary>The option whose value comes next; null when none does.</summary>
    public Option? Awaiting { get; private set; }

    /// <summary>How many of the command's arguments were given.</summary>
    public int ArgumentsTaken { get; private set; }

    /// <summary>The argument that comes next; null when none does.</summary>
    public Argument? Argument
    {
        get
        {
            var taken = ArgumentsTaken;
            foreach (var argument in Command.Arguments)
            {
                if (taken < argument.Arity.MaximumNumberOfValues) return argument;
                taken -= argument.Arity.MaximumNumberOfValues;
            }

            return null;
        }
    }

    /// <summary>Whether more words were given than the command takes: it is not known what they mean.</summary>
    public bool IsLost => ArgumentsTaken > Command.Arguments.Sum(argument => (long)argument.Arity.MaximumNumberOfValues);

    /// <summary>Takes the next whole word in.</summary>
    public void Take(string word)
    {
        if (Awaiting is not null) Awaiting = null;
        else if (_onlyArguments) ArgumentsTaken++;
        else if (word == "--") _onlyArguments = true;
        else if (word.StartsWith('-')) TakeOption(word);
        else if (ArgumentsTaken == 0
            && Command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) is { } found) Command = found;
        else ArgumentsTaken++;
    }

    /// <summary>The options that may still be given.</summary>
    public IEnumerable<Option> Open() => All().Where(option => !_given.Contains(option) || option.Arity.MaximumNumberOfValues > 1);

    /// <summary>An option by any of its names; null when the command has none of it.</summary>
    public Option? Find(string name) => All().FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private void TakeOption(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (Find(equals < 0 ? word : word[..equals]) is not { } option) return;
        _given.Add(option);
        if (equals < 0 && option.Arity.MinimumNumberOfValues > 0) Awaiting = option;
    }

    // A command's own, then those of the commands above it that hold below too.
    private IEnumerable<Option> All()
    {
        foreach (var option in Command.Options) yield return option;
        for (Symbol? above = Command.Parents.FirstOrDefault(); above is Command parent; above = above.Parents.FirstOrDefault())
            foreach (var option in parent.Options.Where(option => option.Recursive)) yield return option;
    }
}
