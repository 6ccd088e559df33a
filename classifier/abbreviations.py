"""Words that a full stop may follow without ending a sentence. Knows words of British public prose; splits nothing.

Four kinds, by what the stop after them tells:

    TITLES           Mr. Rt. Hon. e.g.    what follows belongs to it: never an end
    BEFORE_NUMBERS   No. 10, paras. 3-5   no end where a number follows, an end elsewhere ("She said no. We …")
    SHORTENED        Ltd. etc. Jan. U.K.  may end a sentence: an end only before a word that begins sentences
    STARTERS         The This However     such words: written with a capital hardly anywhere but at the start

In lower case they count however they are written ("NO. 10"); with a capital only so, for "sat", "SEN" and "gen" are words too.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    """rt hon mr mrs ms mx dr prof st messrs mme lt sgt cpl cllr insp cdr cmdr Rev Revd Fr Gen Col Maj Capt Supt Adm Gov Pres
    Sen Mt Ft e.g i.e eg ie cf viz vs v"""
)
BEFORE_NUMBERS = _words(
    """no nos nr para paras p pp pg pgs s ss sec secs sect r rr reg regs sch sched ch chs chap art arts cl cls pt pts vol vols
    fig figs appx ref refs cm cmd cmnd c ca n nn fn q qq ext tel fax col cols Deb eq approx avg max min"""
)
SHORTENED = _words(
    """etc ltd inc plc co corp bros llp al jr sr esq est approx dept depts govt assoc assn ave rd sq incl excl exc
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"""
)
STARTERS = _words(
    """A An The This That These Those There Here It Its He She They We I You His Her Their Our My Your Who What Which Whose
    When Where While Whilst Why How If As At By For From In Into Of On Over Since Through To Under Until Upon With Within
    Without About Above Across After Against Alongside Among Amid Around Before Behind Below Beside Besides Between Beyond
    Despite During Following Regarding Throughout Towards Unlike And But Or Nor So Yet Although Though Because Unless Whether
    However Therefore Thus Hence Furthermore Moreover Additionally Meanwhile Nevertheless Nonetheless Otherwise Instead
    Consequently Similarly Finally Firstly Secondly Thirdly Lastly Currently Recently Ultimately Overall Specifically
    Indeed Perhaps Please Yes No Not Now Then Today Once Only Even Also Again Still All Any Anyone Anybody Both Each Either
    Every Everyone Everybody Few Many Most Much Neither Nobody None Nothing One Other Others Several Some Someone Such Two
    Is Are Was Were Do Does Did Has Have Had Can Could May Must Shall Should Will Would Let"""
)
