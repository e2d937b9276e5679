"""``cshell completion``: scripts that let shells complete the command line, made from its table.

Names of sessions and kernels are asked for when they are wanted; those of another machine are not known here.
"""

from collections.abc import Callable, Iterable
from typing import Final

from curses_client.commandline import COMMANDS, TOP, Argument, Command

# the commands that print what a shell may offer, one word a line
_LISTS: Final = {
    "running": "cshell ls --names running",
    "ended": "cshell ls --names ended",
    "sessions": "cshell ls --names all",
    "kernels": "cshell kernels --names",
}


def script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    return _SCRIPTS[shell]()


def _shown(arguments: Iterable[Argument], *, options: bool) -> list[Argument]:
    return [argument for argument in arguments if argument.is_option == options and not argument.hidden]


# ---- bash --------------------------------------------------------------------------------------------------

_BASH: Final = """\
# Completion of cshell for bash.  In ~/.bashrc: eval "$(cshell completion bash)"

_cshell_list() {
    # sessions and kernels of another machine are not known here
    [[ $remote ]] || COMPREPLY=($(compgen -W "$("${@:2}" 2>/dev/null)" -- "$1"))
}

_cshell_files() {
    compopt -o filenames
    COMPREPLY=($(compgen -f -- "$1"))
}

_cshell() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local command= remote= skip= place=0 word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [[ $word == --ssh ]] && remote=1
        if [[ $skip ]]; then
            skip=
        elif [[ %(valued)s ]]; then
            skip=1
        elif [[ $word != -* && ! $command ]]; then
            command=$word
        elif [[ $word != -* ]]; then
            ((place++))
        fi
    done
    COMPREPLY=()
    if [[ $skip ]]; then
        case $prev in
%(values)s
        esac
        return
    fi
    case $command in
%(commands)s
    esac
}
complete -F _cshell cshell
"""
_BASH_VALUES: Final = {
    "files": '_cshell_files "$cur"',
    "programs": 'compopt -o filenames; COMPREPLY=($(compgen -c -- "$cur") $(compgen -f -- "$cur"))',
    "hosts": 'COMPREPLY=($(compgen -A hostname -- "$cur"))',
}


def _bash() -> str:
    valued = {flag: option for option in _all_options() if option.metavar for flag in option.flags}
    cases = [f"            {flag}) {_bash_value(option)} ;;" for flag, option in valued.items()]
    commands = [_bash_command("", TOP, " ".join(command.name for command in COMMANDS))]
    commands += [_bash_command(command.name, command.arguments, "") for command in COMMANDS]
    return _BASH % {
        "valued": " || ".join(f"$word == {flag}" for flag in valued),
        "values": "\n".join(cases),
        "commands": "\n".join(commands),
    }


def _bash_value(argument: Argument) -> str:
    if argument.choices:
        return f'COMPREPLY=($(compgen -W "{" ".join(argument.choices)}" -- "$cur"))'
    if argument.values in _LISTS:
        return f'_cshell_list "$cur" {_LISTS[argument.values]}'
    return _BASH_VALUES.get(argument.values, ":")


def _bash_command(name: str, arguments: Iterable[Argument], words: str) -> str:
    flags = [flag for option in _shown(arguments, options=True) for flag in option.flags]
    lines = [f"        {name or chr(39) * 2})", "            if [[ $cur == -* ]]; then"]
    lines.append(f'                COMPREPLY=($(compgen -W "{" ".join([*flags, "--help"])}" -- "$cur"))')
    if words:
        lines += ["            else", f'                COMPREPLY=($(compgen -W "{words}" -- "$cur"))']
    for place, argument in enumerate(_shown(arguments, options=False)):
        if argument.values or argument.choices:
            lines.append(
                "            else" if argument.number == "+" else f"            elif [[ $place == {place} ]]; then"
            )
            lines.append(f"                {_bash_value(argument)}")
    return "\n".join([*lines, "            fi ;;"])


def _all_options() -> list[Argument]:
    arguments = [*TOP, *(argument for command in COMMANDS for argument in command.arguments)]
    return list(dict.fromkeys(_shown(arguments, options=True)))


# ---- zsh ---------------------------------------------------------------------------------------------------

_ZSH: Final = """\
#compdef cshell
# Completion of cshell for zsh.  In ~/.zshrc, behind compinit: eval "$(cshell completion zsh)"

_cshell_list() {
    # sessions and kernels of another machine are not known here
    (( ${+opt_args[--ssh]} || _cshell_remote )) && return 1
    local -a found
    found=(${(f)"$($@ 2>/dev/null)"})
    compadd -a found
}

_cshell() {
    local context state state_descr line curcontext=$curcontext
    local _cshell_remote=0
    typeset -A opt_args
    _arguments -C \\
%(top)s
        '1:command:->command' \\
        '*::argument:->argument' && return
    (( ${+opt_args[--ssh]} )) && _cshell_remote=1
    if [[ $state == command ]]; then
        local -a commands
        commands=(
%(names)s
        )
        _describe command commands
    elif [[ $state == argument ]]; then
        case $words[1] in
%(commands)s
        esac
    fi
}

if [[ $funcstack[1] == _cshell ]]; then
    _cshell "$@"
else
    compdef _cshell cshell
fi
"""
_ZSH_VALUES: Final = {"files": "_files", "programs": "_command_names -e", "hosts": "_hosts"}


def _zsh() -> str:
    names = [f"            {_quoted(f'{command.name}:{command.help}')}" for command in COMMANDS]
    return _ZSH % {
        "top": "\n".join(f"        {spec} \\" for spec in _zsh_specs(TOP)),
        "names": "\n".join(names),
        "commands": "\n".join(_zsh_command(command) for command in COMMANDS),
    }


def _zsh_command(command: Command) -> str:
    specs = [*_zsh_specs(command.arguments), "'(- *)'{-h,--help}'[show the help]'"]
    return f"            {command.name}) _arguments {' '.join(specs)} ;;"


def _zsh_specs(arguments: Iterable[Argument]) -> list[str]:
    specs = []
    for option in _shown(arguments, options=True):
        value = f":{option.metavar.lower()}:{_zsh_value(option)}" if option.metavar else ""
        text = f"[{_escaped(option.help, '[]:')}]{value}"
        if len(option.flags) > 1:
            specs.append(f"'({' '.join(option.flags)})'{{{','.join(option.flags)}}}{_quoted(text)}")
        else:
            specs.append(_quoted(option.flags[0] + text))
    for argument in _shown(arguments, options=False):
        place = "*" if argument.number == "+" else ""
        specs.append(_quoted(f"{place}:{argument.metavar.lower()}:{_zsh_value(argument)}"))
    return specs


def _zsh_value(argument: Argument) -> str:
    if argument.choices:
        return f"({' '.join(argument.choices)})"
    if argument.values in _LISTS:
        # with a blank in front, or _arguments would put arguments of its own in between
        return f" _cshell_list {_LISTS[argument.values]}"
    # a name that is new: there is nothing to offer, which one blank says
    return _ZSH_VALUES.get(argument.values, " ")


# ---- fish --------------------------------------------------------------------------------------------------

_FISH: Final = """\
# Completion of cshell for fish.  Once: cshell completion fish > ~/.config/fish/completions/cshell.fish

function __cshell_list
    # sessions and kernels of another machine are not known here
    contains -- --ssh (commandline -opc); or $argv 2>/dev/null
end

function __cshell_at
    # whether this is the command on the line, or there is none yet, and as many words behind it as are given second;
    # what belongs to options is passed over
    set -l words (commandline -opc)
    set -e words[1]
    set -l skip 0
    set -l command
    set -l place 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if contains -- $word %(valued)s
            set skip 1
        else if string match -q -- '-*' $word
            continue
        else if test -z "$command"
            set command $word
        else
            set place (math $place + 1)
        end
    end
    test "$command" = "$argv[1]"; and test (count $argv) -lt 2 -o "$place" = "$argv[2]"
end

complete -c cshell -f
"""
_FISH_VALUES: Final = {"programs": "(__fish_complete_command)", "hosts": "(__fish_print_hostnames)"}


def _fish() -> str:
    valued = [flag for option in _all_options() if option.metavar for flag in option.flags]
    lines = [_fish_line("", argument) for argument in _shown(TOP, options=True)]
    for command in COMMANDS:
        lines.append(
            f"complete -c cshell -n {_quoted(_fish_condition(''))} -a {command.name} -d {_quoted(command.help)}"
        )
        lines += [_fish_line(command.name, option) for option in _shown(command.arguments, options=True)]
        for place, argument in enumerate(_shown(command.arguments, options=False)):
            lines.append(_fish_line(f"{command.name}{'' if argument.number == '+' else f' {place}'}", argument))
    return _FISH % {"valued": " ".join(valued)} + "\n".join(line for line in lines if line) + "\n"


def _fish_line(command: str, argument: Argument) -> str:
    parts = ["complete -c cshell", "-n", _quoted(_fish_condition(command))]
    for flag in argument.flags if argument.is_option else ():
        parts += ["-l", flag[2:]] if flag.startswith("--") else ["-s", flag[1:]]
    if argument.is_option and argument.metavar:
        parts.append("-r" if argument.values in ("files", "programs") else "-x")
    if argument.values == "files":
        parts.append("-F")
    offered = _fish_value(argument)
    if offered:
        parts += ["-a", _quoted(offered)]
    elif not argument.is_option:
        return ""
    return " ".join([*parts, "-d", _quoted(argument.help)]) if argument.is_option else " ".join(parts)


def _fish_condition(command: str) -> str:
    return f"__cshell_at {command}".rstrip()


def _fish_value(argument: Argument) -> str:
    if argument.choices:
        return " ".join(argument.choices)
    if argument.values in _LISTS:
        return f"(__cshell_list {_LISTS[argument.values]})"
    return _FISH_VALUES.get(argument.values, "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str, characters: str) -> str:
    return "".join(f"\\{character}" if character in characters else character for character in text)


_SCRIPTS: Final[dict[str, Callable[[], str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
