/** Mail providers that give addresses to the public: none of their domains belongs to an organization. */
const publicMailDomains: ReadonlySet<string> = new Set(
  `126.com 139.com 163.com 189.cn 21cn.com aliyun.com aol.com bigpond.com bluewin.ch bol.com.br btinternet.com comcast.net
  cox.net daum.net duck.com fastmail.com fastmail.fm foxmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
  googlemail.com hanmail.net hey.com hotmail.be hotmail.co.jp hotmail.co.uk hotmail.com hotmail.com.br hotmail.de
  hotmail.es hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru kakao.com laposte.net libero.it list.ru live.cn
  live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com mail.ru mailbox.org me.com msn.com nate.com
  naver.com ntlworld.com o2.pl online.de orange.fr outlook.be outlook.co.id outlook.co.th outlook.com outlook.com.ar
  outlook.com.au outlook.com.br outlook.com.tr outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.ie
  outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.pt outlook.sa outlook.sg passport.com pm.me posteo.de
  proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com sbcglobal.net seznam.cz sfr.fr
  shaw.ca sina.cn sina.com sky.com sohu.com t-online.de talktalk.co.uk telenet.be terra.com.br tiscali.it tom.com
  tuta.com tutanota.com uol.com.br verizon.net vip.163.com vip.qq.com virgilio.it wanadoo.fr web.de wp.pl xtra.co.nz
  ya.ru yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.au
  yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.ph yahoo.com.sg yahoo.com.tw yahoo.com.vn yahoo.de
  yahoo.es yahoo.fr yahoo.in yahoo.it yandex.by yandex.com yandex.kz yandex.ru yeah.net ymail.com zoho.com zohomail.com`.split(
    /\s+/,
  ),
);

/** @param domain in DNS form, as `normalizeDomain` returns it */
export const isPublicMailDomain = (domain: string): boolean => publicMailDomains.has(domain);
